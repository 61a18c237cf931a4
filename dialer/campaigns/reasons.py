"""What people read of why a campaign does not call, and what they can do about it. Pure."""

from collections.abc import Mapping
from datetime import tzinfo

from callcenter import spanish
from callcenter.instants import as_datetime
from dialer.campaigns.explanation import Explanation
from dialer.campaigns.turns import WhyNot

# Why, and what to do.
REASONS: Mapping[WhyNot, tuple[str, str]] = {
    WhyNot.WAITS_FOR_LIST: ("Falta la lista de clientes.", "Cargue la lista en «Listas» de esta campaña."),
    WhyNot.NOT_STARTED: (
        "Está preparada y todavía no se inició.",
        "Se inicia sola en unos segundos; también puede iniciarla usted.",
    ),
    WhyNot.PAUSED: ("Está en pausa.", "Pulse «Iniciar» para seguir."),
    WhyNot.ENDED: ("Terminó.", "No se puede reanudar: cree otra campaña si hace falta."),
    WhyNot.BEFORE_WINDOW: ("Todavía no llegó su primer día.", "No hay que hacer nada: empieza sola ese día."),
    WhyNot.AFTER_WINDOW: ("Ya pasó su última hora de llamada.", "En una campaña general puede cambiar el último día."),
    WhyNot.OUT_OF_HOURS: (
        "Está fuera de su horario de llamadas.",
        "Espere, o cambie el horario en los ajustes.",
    ),
    WhyNot.HOLIDAY: (
        "Es feriado: no se llama a nadie.",
        "Si ese día se trabaja, cambie el calendario del centro.",
    ),
    WhyNot.NOBODY_DUE: (
        "A nadie le toca una llamada.",
        "Los que esperan tienen hora; si no queda nadie, cargue otra lista o termine la campaña.",
    ),
    WhyNot.THEIR_AGENT: (
        "A quienes les toca los llama el agente con quien acordaron la hora.",
        "No hay que hacer nada: si no los llama pronto, después los llama cualquier otro.",
    ),
    WhyNot.NO_AGENTS: (
        "No hay agentes libres para esta campaña.",
        "Mire en «Piso» quién está en pausa o fuera de colas, y en «Agentes» quién atiende esta campaña.",
    ),
    WhyNot.OTHERS_FIRST: (
        "Los agentes libres atienden ahora a otras campañas.",
        "No hay que hacer nada: las campañas en marcha se los reparten y a esta le toca enseguida.",
    ),
    WhyNot.CALLBACKS_FIRST: (
        "Primero se devuelven las llamadas prometidas.",
        "No hay que hacer nada: sigue cuando las devoluciones terminan.",
    ),
    WhyNot.CEILING: (
        "Se llegó al tope de llamadas abandonadas del día.",
        "Ponga más agentes, o pase al modo progresivo o de vista previa.",
    ),
    WhyNot.TRUNK_FULL: (
        "Todas las líneas de salida están ocupadas.",
        "Espere, o pida a soporte más canales del proveedor.",
    ),
    WhyNot.TOO_FAST: (
        "Se hicieron todas las llamadas que se pueden hacer en este segundo.",
        "No hay que hacer nada: sigue enseguida.",
    ),
    WhyNot.ASTERISK_AWAY: ("La central telefónica no responde.", "Avise a soporte."),
    WhyNot.NO_LEDGER: (
        "El centro no lee el registro de la central: no se sabría qué pasó con cada llamada.",
        "Avise a soporte: las campañas necesitan TRONCAL_FEED=ledger.",
    ),
    WhyNot.NO_SERVICE: (
        "El centro ya no tiene el servicio saliente de esta campaña.",
        "Elija otro servicio en los ajustes, o pida a soporte que lo reponga.",
    ),
    WhyNot.NO_LINE: (
        "El centro ya no tiene la línea que ven los clientes de esta campaña.",
        "Elija otra línea en los ajustes, o pida a soporte que la reponga.",
    ),
    WhyNot.NO_TRUNK: ("El centro no tiene por dónde llamar afuera.", "Avise a soporte: falta la troncal de salida."),
    WhyNot.REFUSED: (
        "La central rechaza las llamadas de esta campaña.",
        "Se prueba unas veces más. Si no cambia, avise a soporte; cuando lo haya resuelto ponga la campaña en pausa y, "
        "después de unos segundos, iníciela.",
    ),
    WhyNot.DIALER_AWAY: ("El marcador no está funcionando.", "Avise a soporte: falta el proceso «troncal dialer»."),
}
CALLS = "Puede llamar."


def in_words(explained: Explanation, zone: tzinfo) -> tuple[str, ...]:
    """Sentences: the reason, what to do, when it may call, and whose turn it is. `zone`: in which people read times."""
    why, remedy = (CALLS, "") if explained.why_not is None else REASONS[explained.why_not]
    sentences = (
        why,
        remedy,
        _opening(explained, zone),
        _due(explained, zone),
        _set_aside(explained),
        _known(explained),
    )
    return tuple(each for each in sentences if each)


def _opening(explained: Explanation, zone: tzinfo) -> str:
    if explained.opens_us is None or explained.opens_us <= explained.at_us or explained.why_not is WhyNot.ENDED:
        return ""
    return f"Su próxima hora de llamada: {_moment(explained.opens_us, zone)}."


def _due(explained: Explanation, zone: tzinfo) -> str:
    if explained.why_not is WhyNot.ENDED:
        return ""
    due = explained.due
    kept = f" ({spanish.whole(due.kept)} con hora acordada con su agente)" if due.kept else ""
    said = f"{_customers(due.ready)} por llamar{kept}, {spanish.whole(due.waiting)} en espera de su hora"
    if due.in_hand:
        said += f", {spanish.whole(due.in_hand)} en manos de un agente o sonando"
    first = f"; al primero le toca el {_moment(due.next_due_us, zone)}" if due.next_due_us is not None else ""
    return f"{said}{first}."


def _set_aside(explained: Explanation) -> str:
    count = explained.due.set_aside
    if not count:
        return ""
    return (
        f"{_customers(count)} sin llamar: sus datos no se pueden leer, o la central rechaza sus llamadas. "
        "Avise a soporte, que ve cuáles en el registro del marcador."
    )


def _known(explained: Explanation) -> str:
    if explained.is_now:
        return ""
    return "Según los ajustes, las listas y el calendario de ahora; qué agentes habrá no se puede saber."


def _customers(count: int) -> str:
    return "1 cliente" if count == 1 else f"{spanish.whole(count)} clientes"


def _moment(instant_us: int, zone: tzinfo) -> str:
    moment = as_datetime(instant_us, zone)
    return f"{spanish.weekday_name(moment)} {spanish.date_time(moment)}"
