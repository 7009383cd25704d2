// Keeps the newest words in view, and never scrolls past the start of what has not been read.
const NEAR = 120;
const ABOVE = 8;

export class Follow {
  // log scrolls by itself, or with the whole page where the screen is low. anchor() stays in view;
  // so does must(), if there is one, though the anchor leaves it.
  constructor(log, newer, { anchor, must }) {
    this.log = log;
    this.newer = newer;
    this.anchor = anchor;
    this.must = must;
    this.following = true;
    this.height = 0;
    newer.addEventListener("click", () => this.toEnd());
    for (const scrolls of [log, document]) scrolls.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.following && this.settle()).observe(log);
  }

  get scroller() {
    return getComputedStyle(this.log).overflowY === "visible" ? document.scrollingElement : this.log;
  }

  // A scroll that comes of a changed height is not the person's: the observer sees to it.
  scrolled() {
    const scroller = this.scroller;
    if (scroller.clientHeight !== this.height) return;
    this.following = scroller.scrollTop > this.target() - NEAR;
    if (this.atEnd()) this.newer.hidden = true;
  }

  end() {
    return this.scroller.scrollHeight - this.scroller.clientHeight;
  }

  atEnd() {
    return this.end() - this.scroller.scrollTop < NEAR;
  }

  target() {
    const shown = this.anchor();
    if (!shown) return this.end();
    const { top, bottom } = this.view();
    const above = shown.getBoundingClientRect().top - top - ABOVE;
    const needed = this.must()?.getBoundingClientRect().bottom - bottom + ABOVE;
    return Math.min(this.end(), this.scroller.scrollTop + Math.max(above, needed || above));
  }

  // Between what and what the words are seen.
  view() {
    if (this.scroller === this.log) return this.log.getBoundingClientRect();
    const top = document.querySelector(".help").getBoundingClientRect().bottom;
    const bottom = document.querySelector(".foot-of-talk").getBoundingClientRect().top;
    return { top: Math.max(top, 0), bottom: Math.min(bottom, innerHeight) };
  }

  settle() {
    this.scroller.scrollTop = this.target();
    this.height = this.scroller.clientHeight;
  }

  // There is more to read. `own`: the person did it, so it is shown wherever they were.
  grown(own) {
    if (own) this.following = true;
    if (this.following) this.settle();
    this.newer.hidden = this.atEnd();
  }

  toEnd() {
    this.following = true;
    this.scroller.scrollTop = this.end();
    this.height = this.scroller.clientHeight;
    this.newer.hidden = true;
  }
}
