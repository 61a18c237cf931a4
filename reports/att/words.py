"""The ATT report's words: what each figure counts, what each formula divides, what observations mean. Pure."""

from collections.abc import Mapping

from callcenter.calls import AnomalyKind, Outcome
from callcenter.centre.model import Formula
from callcenter.level.summed import CallOrigin

FORMULAS: Mapping[Formula, str] = {
    Formula.A: "atendidas en el plazo / registradas",
    Formula.B: "atendidas en el plazo / registradas sin los abandonos dentro del plazo",
    Formula.C: "atendidas en el plazo / registradas sin los abandonos de menos de 5 s",
    Formula.D: "atendidas o abandonadas dentro del plazo / registradas",
    Formula.E: "atendidas en el plazo / atendidas",
}

DEFINITIONS: Mapping[str, str] = {
    "Registradas": "Entradas a la cola de una línea, de llamadas del público, cuya espera terminó: atendidas y"
    " abandonadas."
    " Una llamada que pasa de una cola a otra es una en cada cola.",
    "Atendidas": "De las registradas, las que contestó un agente.",
    "En el plazo": "De las atendidas, las que esperaron el plazo o menos (20,000 s está dentro; 20,001 s no), desde"
    " la entrada"
    " a la cola hasta que contestó el agente.",
    "Abandonadas": "De las registradas, las que ningún agente contestó, terminara como terminara la espera.",
    "Nivel": "Lo que la fórmula en vigor divide, por cien. Se calcula de las sumas, nunca de un promedio de"
    " porcentajes, y nunca"
    " se redondea hasta la meta.",
    "Atendidas por el IVR": "Llamadas que el autoservicio atendió por completo y no entraron a ninguna cola. Fuera"
    " del nivel.",
    "Colgaron en el menú": "Llamadas que terminaron antes de cualquier cola, sin ser atendidas. Fuera del nivel.",
    "Fuera de horario": "Llamadas que querían una persona cuando la línea no atendía. Fuera del nivel.",
    "Bloqueadas": "La cola no las recibió: llena, o sin agentes. Fuera del nivel.",
    "Devoluciones": "Pedidas, contestadas por el cliente y logradas (las tomó un agente). Fuera del nivel.",
    "Esperas de llamadas que hizo el centro": "Entradas a colas de devoluciones y campañas. Fuera del nivel.",
    "Llamadas internas a las líneas": "De teléfonos de adentro, o por un troncal que no es del público. Fuera del"
    " nivel.",
    "Interrumpidas por una falla": "Entradas que cortó una parada de la central; las sin atender son abandonadas.",
    "Espera sin precisión suficiente": "Atendidas de las que no se sabe si fue dentro del plazo: no cuentan como en"
    " el plazo.",
    "Llamadas distintas": "Llamadas que entraron a alguna de estas colas por primera vez en el mes.",
    "Faltan para la meta": "Cuántas llamadas más, todas atendidas en el plazo, llevarían el nivel a la meta.",
}

ANOMALIES: Mapping[str, str] = {
    AnomalyKind.MALFORMED_ROW: "filas mal formadas, que no cuentan",
    AnomalyKind.UNKNOWN_VERB: "filas de un tipo desconocido",
    AnomalyKind.FORGED: "filas que un llamante pudo haber fabricado, que no cuentan",
    AnomalyKind.DUPLICATE: "filas repetidas, contadas una vez",
    AnomalyKind.ORPHAN: "filas sin el comienzo de su llamada",
    AnomalyKind.LOST_END: "esperas o conversaciones cuyo final no se anotó",
    AnomalyKind.LOST_ANSWER: "conversaciones cuyo comienzo no se anotó",
    AnomalyKind.CONTRADICTION: "filas que se contradicen",
    AnomalyKind.CLOCK_WENT_BACK: "el reloj de la central retrocedió",
    AnomalyKind.CLOCK_SET: "el reloj de la central fue ajustado",
    AnomalyKind.UNKNOWN_QUEUE: "colas desconocidas",
    AnomalyKind.UNKNOWN_CHANNEL: "canales desconocidos",
    AnomalyKind.MISSING_IN_TABLE: "filas recuperadas de la segunda copia del registro",
    AnomalyKind.MISSING_IN_FILE: "filas que faltan en la segunda copia",
    AnomalyKind.COPY_REPLACED: "una copia del registro fue cambiada",
    AnomalyKind.NO_TIMESTAMP: "filas sin hora",
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.OPEN: "en curso",
    Outcome.ANSWERED: "atendida",
    Outcome.ABANDONED: "abandonada",
    Outcome.TIMEOUT: "espera máxima",
    Outcome.KEY_EXIT: "salió por opción",
    Outcome.LEFT_EMPTY: "se quedó sin agentes",
    Outcome.FULL: "cola llena",
    Outcome.JOIN_REFUSED: "sin agentes",
    Outcome.WITHDRAWN: "retirada",
    Outcome.INTERRUPTED: "interrumpida",
}
ORIGINS: Mapping[CallOrigin, str] = {
    CallOrigin.PUBLIC: "del público",
    CallOrigin.INTERNAL: "interna",
    CallOrigin.OUTGOING: "hecha por el centro",
}

METRICS: Mapping[str, str] = {
    **DEFINITIONS,
    "Línea": "El número que se llamó; de una entrada, el que llevaba ese día a su cola.",
    "Servicio": "El nombre de la línea.",
    "Resultado": "Aceptado si el nivel llega a la meta, comparado exactamente; observado si no.",
    "Fórmula": "Las cinco maneras de calcular el nivel; la que rige es el indicador.",
    "Cómo se calcula": "Lo que la fórmula divide.",
    "Líneas medidas": "Las que cuentan para la ATT, según la regla de cada día.",
    "Centro": "Todas las líneas.",
    "Cifra": "Lo que se cuenta.",
    "Qué cuenta": "La definición de la cifra.",
    "Día": "El día del mes en que la llamada entró.",
    "Hora": "La hora del día en que la llamada entró.",
    "Nivel de servicio": "El nivel de las líneas medidas, por la fórmula en vigor.",
    "Llamadas registradas": "Las registradas de las líneas medidas.",
    "Atendidas en el plazo": "Las atendidas de las líneas medidas que esperaron el plazo o menos.",
    "Desde": "Desde cuándo.",
    "Hasta": "Hasta cuándo.",
    "Duró": "Entre la última señal de la central y su vuelta.",
    "Cortó": "Entradas a colas que la interrupción terminó.",
    "Qué fue": "Una caída, o una parada ordenada.",
    "Observación": "Algo del registro de la central que no encajó; no se descarta, se cuenta.",
    "Veces": "Cuántas veces.",
    "Qué": "Qué línea o cola cambió.",
    "Antes": "Cómo se llamaba, o a qué cola llevaba.",
    "Después": "Cómo se llama, o a qué cola lleva.",
    "Entró": "Cuándo entró a la cola, o la cola no la recibió.",
    "Cola": "La cola.",
    "Número": "El número de quien llamó; vacío si vino oculto.",
    "Origen": "Del público, de adentro, o hecha por el centro.",
    "Espera": "Desde la entrada a la cola hasta que contestó el agente o terminó la espera, al microsegundo.",
    "Conversación": "Desde que contestó el agente hasta el final.",
    "Agente": "Quien contestó.",
}
