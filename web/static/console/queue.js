// The queue as it stands: a snapshot and the numbered facts after it. A gap asks for a new snapshot.
export class Queue {
  // acts: changed(), missing() - ask for a snapshot
  constructor(acts) {
    this.acts = acts;
    this.entries = new Map();
    this.number = null;
    this.early = [];
  }

  lost() {
    this.number = null;
    this.early = [];
  }

  snapshot({ entries, event }) {
    this.entries = new Map(entries.map((entry) => [entry.entry, entry]));
    this.number = event;
    const early = this.early;
    this.early = [];
    early.forEach((fact) => this.take(fact));
    this.acts.changed();
  }

  fact(fact) {
    if (this.number === null) this.early.push(fact);
    else this.take(fact);
    this.acts.changed();
  }

  take(fact) {
    if (fact.event <= this.number) return;
    if (fact.event > this.number + 1) {
      this.number = null;
      this.early.push(fact);
      this.acts.missing();
      return;
    }
    this.number = fact.event;
    if (fact.state === "done") this.entries.delete(fact.entry);
    else this.entries.set(fact.entry, fact);
  }

  get known() {
    return this.number !== null;
  }

  inOrder(state) {
    return [...this.entries.values()].filter((entry) => entry.state === state).sort(byNeed);
  }

  of(entry) {
    return this.entries.get(entry);
  }
}

function byNeed(one, other) {
  for (const place of [0, 1, 2]) {
    if (one.order[place] < other.order[place]) return -1;
    if (one.order[place] > other.order[place]) return 1;
  }
  return 0;
}
