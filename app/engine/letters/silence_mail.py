"""The mails to an admin when a store falls silent and when it speaks again, in the language of who asked for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel import Locale
from babel.dates import format_date, format_time

from app.domain.visible import short

LOCALES: Mapping[str, str] = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es"}
BEGUN: Mapping[str, tuple[str, str]] = {
    "en": ("{shop}: no message for a long time",
           "Hello,\n\n{shop} has told Storefront ECM nothing since {since} ({zone}), longer than you allow.\n\n"
           "If nothing happened in your store, there is nothing to do. If there were orders, please open the app from "
           "your store; its first page says what is wrong:\n{address}\n\nNo change is lost: we look for missed ones "
           "by ourselves. You will get one more mail, when messages come again.\n\nWho gets these mails is chosen in "
           "the app under Settings, Messages from your store."),
    "de": ("{shop}: schon lange keine Nachricht",
           "Guten Tag,\n\n{shop} hat Storefront ECM seit {since} ({zone}) nichts mehr gemeldet, länger als Sie es "
           "erlauben.\n\nWar in Ihrem Shop nichts los, ist nichts zu tun. Gab es Bestellungen, öffnen Sie bitte die "
           "App aus Ihrem Shop; ihre erste Seite sagt, was nicht stimmt:\n{address}\n\nKeine Änderung geht verloren: "
           "Wir suchen selbst nach versäumten. Sie erhalten noch eine E-Mail, wenn wieder Nachrichten kommen.\n\nWer "
           "diese E-Mails erhält, wird in der App unter Einstellungen, Nachrichten Ihres Shops gewählt."),
    "fr": ("{shop} : aucun message depuis longtemps",
           "Bonjour,\n\n{shop} n’a rien signalé à Storefront ECM depuis le {since} ({zone}), plus longtemps que vous "
           "ne l’admettez.\n\nS’il ne s’est rien passé dans votre boutique, il n’y a rien à faire. S’il y a eu des "
           "commandes, ouvrez l’application depuis votre boutique ; sa première page dit ce qui ne va pas :\n{address}"
           "\n\nAucune modification n’est perdue : nous recherchons nous-mêmes celles qui manquent. Vous recevrez "
           "encore un e-mail quand des messages arriveront de nouveau.\n\nLe destinataire de ces e-mails se choisit "
           "dans l’application, sous Paramètres, Messages de votre boutique."),
    "es": ("{shop}: ningún mensaje desde hace tiempo",
           "Hola:\n\n{shop} no ha comunicado nada a Storefront ECM desde el {since} ({zone}), más tiempo del que usted "
           "admite.\n\nSi no ha pasado nada en su tienda, no hay nada que hacer. Si hubo pedidos, abra la aplicación "
           "desde su tienda; su primera página dice qué ocurre:\n{address}\n\nNo se pierde ningún cambio: buscamos "
           "nosotros mismos los que falten. Recibirá otro correo cuando vuelvan a llegar mensajes.\n\nQuién recibe "
           "estos correos se elige en la aplicación, en Configuración, Mensajes de su tienda."),
}  # fmt: skip
ENDED: Mapping[str, tuple[str, str]] = {
    "en": ("{shop}: messages come again",
           "Hello,\n\nmessages from {shop} come again; the latest came on {since} ({zone}). There is nothing to do."),
    "de": ("{shop}: Es kommen wieder Nachrichten",
           "Guten Tag,\n\nvon {shop} kommen wieder Nachrichten; die letzte kam am {since} ({zone}). Es ist nichts zu "
           "tun."),
    "fr": ("{shop} : les messages arrivent de nouveau",
           "Bonjour,\n\nles messages de {shop} arrivent de nouveau ; le dernier est arrivé le {since} ({zone}). Il n’y "
           "a rien à faire."),
    "es": ("{shop}: vuelven a llegar mensajes",
           "Hola:\n\nvuelven a llegar mensajes de {shop}; el último llegó el {since} ({zone}). No hay nada que hacer."),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    subject: str
    body: str


def spoken(locale: str) -> str:
    """The language we write in for somebody of that locale."""
    lang = locale.replace("_", "-").partition("-")[0].lower()
    return lang if lang in LOCALES else "en"


def words(lang: str, shop: str, since: datetime, zone: tzinfo, address: str, *, is_over: bool) -> Words:
    """`since`: the last message, or the one that ended the silence; `address`: where the app is opened."""
    subject, body = (ENDED if is_over else BEGUN)[lang]
    locale, own = Locale.parse(LOCALES[lang]), since.astimezone(zone)
    told = {
        "shop": short(shop, 80), "zone": str(zone), "address": address,
        "since": f"{format_date(own.date(), 'long', locale=locale)}, {format_time(own.time(), 'short', locale=locale)}",
    }  # fmt: skip
    return Words(subject.format(**told), body.format(**told))
