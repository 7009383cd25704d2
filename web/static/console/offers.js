// What colleagues offer to this practitioner, until it is answered, withdrawn or run out.
import { byId, el } from "../elements.js";
import { t } from "../words.js";
import { offerText } from "./around.js";
import { clearErrors, showTrouble } from "./forms.js";

const keyOf = (offer) => offer.transfer ?? offer.hand_over;

export class Offers {
  // acts: accept(offer), refuse(offer, reason) - each yields an acknowledgement; announce(text)
  constructor(box, acts) {
    this.acts = acts;
    this.box = box;
    this.held = new Map();
    this.root = byId("offers");
  }

  // All that is open now, from a connection made anew.
  opened({ transfers, hand_overs: handOvers }) {
    this.held = new Map([...transfers, ...handOvers].map((offer) => [keyOf(offer), offer]));
    this.show();
  }

  offered(offer) {
    this.held.set(keyOf(offer), offer);
    this.acts.announce(t("console.offer.announce", { name: offer.from.name }));
    this.show();
  }

  ended(told) {
    this.held.delete(keyOf(told));
    this.show();
  }

  show() {
    this.root.replaceChildren(...[...this.held.values()].map((offer) => this.strip(offer)));
  }

  strip(offer) {
    const strip = el("div", { class: "strip strip--offer" },
      el("p", {}, offerText(offer)), el("p", { class: "trouble", role: "alert", hidden: true }),
      el("div", { class: "row" },
        el("button", { type: "button", class: "button button--small", on: { click: () => this.accept(offer, strip) } }, t("console.offer.accept")),
        el("button", { type: "button", class: "button button--plain button--small", on: { click: () => this.refuse(offer) } }, t("console.offer.refuse"))));
    return strip;
  }

  async accept(offer, strip) {
    clearErrors(strip);
    const answer = await this.acts.accept(offer).catch(() => null);
    if (answer?.ok) return this.ended(offer);
    return showTrouble(strip, answer?.error.message ?? t("console.unreached"));
  }

  refuse(offer) {
    this.box.open(offerText(offer), async ({ reason }) => {
      const answer = await this.acts.refuse(offer, reason);
      if (answer.ok) this.ended(offer);
      return answer;
    });
  }
}
