/** @import { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server' */

/**
 * Events of one session's streams, for as long as the process lives.
 * @implements {EventStore}
 */
export class MemoryEvents {
  /** @type {{ id: string, streamId: string, message: JSONRPCMessage }[]} */
  #events = [];

  /**
   * @param {string} streamId
   * @param {JSONRPCMessage} message
   */
  async storeEvent(streamId, message) {
    const id = `${streamId}~${this.#events.length}`;
    this.#events.push({ id, streamId, message });
    return id;
  }

  /** @param {string} eventId */
  async getStreamIdForEventId(eventId) {
    return this.#events.find(({ id }) => id === eventId)?.streamId;
  }

  /**
   * @param {string} lastId
   * @param {Parameters<EventStore['replayEventsAfter']>[1]} to
   */
  async replayEventsAfter(lastId, { send }) {
    const from = this.#events.findIndex(({ id }) => id === lastId);
    const streamId = this.#events[from]?.streamId ?? '';
    for (const event of this.#events.slice(from + 1)) {
      // The first event of a stream says nothing; it is there to be resumed from.
      if (event.streamId === streamId && 'jsonrpc' in event.message) await send(event.id, event.message);
    }
    return streamId;
  }
}
