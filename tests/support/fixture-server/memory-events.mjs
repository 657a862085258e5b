/** Events of one session's streams, for as long as the process lives. */
export class MemoryEvents {
  #events = [];

  async storeEvent(streamId, message) {
    const id = `${streamId}~${this.#events.length}`;
    this.#events.push({ id, streamId, message });
    return id;
  }

  async getStreamIdForEventId(eventId) {
    return this.#events.find(({ id }) => id === eventId)?.streamId;
  }

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
