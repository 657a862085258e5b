import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { KeeperAddressFile } from '#src/main/upstream/keeper/address-file';
import { KEEPER_TIMES, startKeeper } from '#src/main/upstream/keeper/start-keeper';
import { keeperTest as test } from './support';

/** Names an address that is gone before the keeper reads it. */
class LostAddress extends KeeperAddressFile {
  override renew() {
    const address = super.renew();
    rmSync(this.file);
    return address;
  }
}

test('a keeper that ends as it starts says how, and where more is to be read', async ({ folder }) => {
  const place = new LostAddress(folder);
  const started = startKeeper(place, KEEPER_TIMES);
  await expect(started).rejects.toMatchObject({ code: 'server_unavailable' });
  await expect(started).rejects.toThrow(
    /^The keeper of the servers could not be started \(it ended with code \d+\)\. See .*keeper\.log\.$/,
  );
});
