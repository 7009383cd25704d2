// The line to the service for a console: commands with their answers, facts as they come.
import { io } from "/static/vendor/socketio/socket.io.esm.min.js";

const ANSWER_WITHIN = 8000;
const FACTS = [
  "queue:snapshot", "entry:queued", "entry:changed", "entry:taken", "entry:released", "message:posted",
  "conversation:changed", "note:added", "typing:changed", "presence:changed", "alarm:raised", "clock:missed",
  "screening:reviewed", "transfer:offered", "transfer:ended", "hand_over:offered", "hand_over:ended", "surge:changed",
  "colleagues:changed", "safeguarding:recorded", "emergency:recorded", "limit:changed",
];

export class Unreached extends Error {}

export class Link {
  // hears: up, down, gone, fact(name, told)
  constructor(hears) {
    this.hears = hears;
    this.socket = io("/console", {
      autoConnect: false, transports: ["websocket", "polling"], tryAllTransports: true,
      reconnectionDelay: 500, reconnectionDelayMax: 5000, randomizationFactor: 0.5, timeout: 8000,
    });
    this.socket.on("connect", () => hears.up());
    this.socket.on("disconnect", (reason) => {
      hears.down();
      if (reason === "io server disconnect") this.socket.connect();
    });
    this.socket.on("connect_error", (error) => {
      const refused = error.message === "not_signed_in" || error.message === "not_allowed";
      if (refused) hears.gone();
      else hears.down();
    });
    FACTS.forEach((name) => this.socket.on(name, (told) => hears.fact(name, told)));
  }

  open() {
    this.socket.connect();
  }

  get connected() {
    return this.socket.connected;
  }

  // Yields the acknowledgement, kept or refused. Throws Unreached when none has come.
  async ask(command, payload = {}) {
    if (!this.connected) throw new Unreached("no link");
    try {
      return await this.socket.timeout(ANSWER_WITHIN).emitWithAck(command, payload);
    } catch {
      throw new Unreached(command);
    }
  }

  hint(command, payload) {
    if (this.connected) this.socket.emit(command, payload);
  }
}
