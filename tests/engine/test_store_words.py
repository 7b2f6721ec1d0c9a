"""What we leave in a store is written in its language, and known again when that language has changed since."""

from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.language.reading import reader_for
from app.stores.notes import with_note
from sandbox.kernel.faults import FaultRule
from tests.engine import aftersale, office, test_recalls, test_shopify_recalls
from tests.engine.merchants import Partner
from tests.engine.test_prices import GOOD, HEADER, Buyer
from tests.engine.test_shopify_orders import order_of, place
from tests.house import House

PAGES = "v3/content/pages"


def speak(house: House, locale: str) -> None:
    """The merchant chose another language, and the set-up kept it."""
    with unit_of_work(house.deps.database) as uow:
        uow.session.get_one(StoreRow, house.store_id).locale = locale


def lines(notes: object) -> list[str]:
    """Staff notes without their marks, spaces as people see them."""
    text = str(notes).replace("\u00a0", " ").replace("\u202f", " ")
    return [line.rpartition(" [")[0] for line in text.splitlines()]


def lose(house: House, method: str, path: str) -> None:
    """The next such write happens, and its answer never comes."""
    house.stage.world.faults.add(FaultRule(system="bigcommerce", method=method, path=path, kind="drop_after", count=1))


def go_on(house: House) -> None:
    house.hurry()
    house.drain()


def test_a_store_is_written_to_in_its_language_once_though_it_changes_between_two_tries(
    installed_house: House,
) -> None:
    house = installed_house
    speak(house, "de-DE")
    risky = house.place_order("1950.00", ship_to="FR")
    lose(house, "PUT", f"*/v2/orders/{risky}")
    house.drain()
    speak(house, "fr-FR")
    go_on(house)
    assert lines(house.order(risky)["staff_notes"]) == [
        "[ECM] Zur Prüfung angehalten: Gesamtbetrag 1.950,00 € erreicht Ihre Grenze von 500,00 €; Rechnungsland DE "
        "weicht vom Lieferland FR ab."
    ]
    house.decide(risky, "approved", comment="C’est bon")
    house.drain()
    assert lines(house.order(risky)["staff_notes"])[1:] == ["[ECM] Approuvé par anna.berg@demo. « C’est bon »"]

    order = office.buy(house, ("NW-TORCH", 2))
    item = {f"item-{office.line_ids(house, order)[0]}": "1"}
    speak(house, "de-DE")
    office.open_case(house, order, "return", reason="damaged", wish="refund", condition="cracked", text="Glas.", **item)
    lose(house, "POST", "*/payment_actions/refunds")
    office.decide(house, "sf_return_approval", "approved_refund")
    speak(house, "es-ES")
    go_on(house)
    (paid,) = office.refunds(house, order)
    assert lines(paid["items"][0]["reason"]) == ["Rücksendung RMA-1001"]
    assert lines(house.order(order)["staff_notes"]) == [
        "[ECM] Rücksendung RMA-1001 eröffnet; entschieden wird in OpenText.",
        "[ECM] Devolución RMA-1001: reembolso aprobado por nina.koch@demo.",
    ]

    speak(house, "de-DE")
    buyer = Buyer(house)
    buyer.approve(HEADER + GOOD)
    assert [one["name"] for one in house.store_api.get("v3/pricelists").json()["data"]] == ["Vereinbarte Preise: Werft"]
    lose(house, "POST", f"*/{PAGES}")
    product = office.good(house, "NW-TORCH")
    case = test_recalls.recall(house, product)
    speak(house, "fr-FR")
    go_on(house)
    (page,) = house.store_api.get(f"{PAGES}?include=body").json()["data"]
    assert page["name"] in ("Produktrückruf: Head Torch", "Rappel de produit : Head Torch")
    assert page["body"].endswith(f"<p>Référence : {case.number}</p>")


def test_a_shop_has_its_holds_notes_notices_and_lists_in_its_language(selling: House) -> None:
    house = selling
    house.stage.shopify_admin.grant(["write_content", "read_all_orders"], aftersale.SHOP)
    house.drain()
    speak(house, "fr-FR")
    risky = place(house, "1950.00", "FR")
    house.drain()
    with house.stage.shopify.acting(aftersale.SHOP) as here:
        (hold,) = here.all("FulfillmentHold")
    assert hold["reasonNotes"].startswith("Retenue jusqu’à la décision dans OpenText")
    assert lines(order_of(house, risky)["note"]) == [
        "[ECM] Retenue pour examen : Le total de 1 950,00 € atteint votre limite de 500,00 € ; Le pays de facturation "
        "DE diffère du pays de livraison FR."
    ]
    speak(house, "de-DE")
    order = aftersale.sell(house)
    aftersale.ask_back(house, order)
    office.decide(house, "sf_return_approval", "approved_refund", comment="Klarer Fall")
    assert lines(aftersale.order_of(house, order)["note"]) == [
        "[ECM] Rücksendung RMA-1001 eröffnet; entschieden wird in OpenText.",
        "[ECM] Rücksendung RMA-1001: Erstattung freigegeben von nina.koch@demo. „Klarer Fall“",
    ]
    Partner(house).approve(HEADER + GOOD)
    with house.stage.shopify.acting(aftersale.SHOP) as here:
        assert [one["name"] for one in here.all("PriceList")] == ["Vereinbarte Preise: Werft AG"]
    waiting = aftersale.sell(house, shipped=False)
    case = test_shopify_recalls.recall(house)
    assert lines(aftersale.order_of(house, waiting)["note"]) == [
        f"[ECM] Angehalten: Der Rückruf {case.number} betrifft diese Bestellung."
    ]
    (page,) = [one for one in aftersale.merchant(house).list("pages") if case.number in one["body"]]
    assert page["title"] == "Produktrückruf: Lamp"


def test_the_set_up_keeps_how_the_store_reads_and_what_is_not_known_is_asked_for(installed_house: House) -> None:
    house = installed_house
    profile = house.deps.store(house.store_id).read.profile()
    assert house.rows(StoreRow)[0].locale == profile.locale == f"en-{profile.country}"
    speak(house, "")  # set up before this was kept
    order = house.place_order("1950.00")
    house.drain()
    assert lines(house.order(order)["staff_notes"])[0].startswith("[ECM] Held for review: Total ")
    assert house.rows(StoreRow)[0].locale == profile.locale
    assert reader_for("nl-NL").language.language == "en", "a language we do not speak reads English"


def test_a_note_is_known_by_its_mark_and_people_s_own_words_stay() -> None:
    first = with_note("Call first\r\n", "[ECM] Held.", "[0A1B2C]")
    assert first == "Call first\r\n[ECM] Held. [0A1B2C]"
    edited = first.replace("Held.", "Held, I phoned.")
    assert with_note(edited, "[ECM] Angehalten.", "[0A1B2C]") == edited
    assert with_note(edited, "[ECM] Angehalten.", "[0A1B2D]").splitlines()[-1] == "[ECM] Angehalten. [0A1B2D]"
    assert with_note(edited, " ", "[0A1B2E]") == edited
