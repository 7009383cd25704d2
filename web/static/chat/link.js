// The line to the service: a socket when it can, plain requests when it cannot. Only `ok` means kept.
const ANSWER_WITHIN = 6000;
const POLL_EVERY = 4000;

export class Unreached extends Error {}

export class Link {
  // hears: message, state, typing, up, down, gone
  constructor(hears) {
    this.hears = hears;
    this.socket = null;
    this.poll = null;
    this.reached = true;
  }

  async open() {
    if (this.socket || this.poll) return;
    this.poll = setInterval(() => this.look(), POLL_EVERY);
    const { io } = await import("/static/vendor/socketio/socket.io.esm.min.js");
    this.socket = io("/chat", {
      transports: ["websocket", "polling"], tryAllTransports: true,
      reconnectionDelay: 500, reconnectionDelayMax: 8000, randomizationFactor: 0.5, timeout: 8000,
    });
    this.socket.on("connect", () => this.up());
    this.socket.on("disconnect", (reason) => {
      this.hears.down();
      if (reason === "io server disconnect") this.socket.connect();
    });
    this.socket.on("connect_error", (error) => {
      if (error.message === "not_signed_in") this.hears.gone();
      else this.hears.down();
    });
    this.socket.on("message:posted", (message) => this.hears.message(message));
    this.socket.on("conversation:changed", (state) => this.hears.state(state));
    this.socket.on("typing:changed", (typing) => this.hears.typing(typing));
  }

  get connected() {
    return Boolean(this.socket?.connected);
  }

  up() {
    this.reached = true;
    this.hears.up();
  }

  // Try at once: the device says that it is online again, or the page came to the front.
  again() {
    if (this.socket && !this.socket.connected) this.socket.connect();
    else if (this.socket) this.hears.up();
  }

  // Without a socket: ask from time to time.
  async look() {
    if (this.connected) return;
    this.hears.look();
  }

  async start(payload) {
    const answer = await this.request("POST", "/api/conversations", payload);
    return answer;
  }

  async send({ ref, text, choice }) {
    const payload = { client_ref: ref, text, ...(choice ? { choice } : {}) };
    return this.command("message:send", payload, "POST", "/api/conversation/messages");
  }

  async since(seq) {
    return this.command("messages:since", { seq }, "GET", `/api/conversation/messages?since=${seq}`);
  }

  async askForPerson() {
    return this.command("person:ask", {}, "POST", "/api/conversation/person");
  }

  async leave(how) {
    return this.command("conversation:leave", { how }, "POST", "/api/conversation/leave");
  }

  typing(on) {
    if (this.connected) this.socket.emit("typing:set", { on });
  }

  async command(event, payload, method, address) {
    if (this.connected) {
      try {
        return await this.socket.timeout(ANSWER_WITHIN).emitWithAck(event, payload);
      } catch {
        // The socket went silent: the same command by request, which is kept once all the same.
      }
    }
    return this.request(method, address, method === "GET" ? null : payload);
  }

  async request(method, address, payload) {
    let answer;
    try {
      answer = await fetch(address, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
        ...(payload ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(payload) } : {}),
      });
      const body = await answer.json();
      return answer.ok ? { ok: true, ...body } : { ok: false, error: body.error };
    } catch (error) {
      throw new Unreached(error.name);
    }
  }
}
