"""The metrics that several reports share."""

from reports.measures.metric import Metric
from reports.render.document import ValueKind

_WHOLE, _LENGTH, _PERCENT = ValueKind.WHOLE, ValueKind.DURATION, ValueKind.PERCENT

RECEIVED = Metric(
    "Recibidas", _WHOLE, "Llamadas de clientes que entraron a una cola y cuya espera terminó: atendidas y abandonadas."
)
ANSWERED = Metric("Atendidas", _WHOLE, "Llamadas de clientes que un agente contestó.")
ABANDONED = Metric(
    "Abandonadas",
    _WHOLE,
    "Llamadas que entraron a la cola y ningún agente contestó, haya terminado la espera como haya terminado.",
    "Abandon.",
)
REFUSED = Metric("Rechazadas", _WHOLE, "Llamadas que la cola no dejó entrar: llena o sin agentes. No son recibidas.")
ABANDONED_PERCENT = Metric("% abandono", _PERCENT, "Abandonadas sobre recibidas, por cien.")
ANSWERED_PERCENT = Metric("% atención", _PERCENT, "Atendidas sobre recibidas, por cien.")
WITHIN = Metric(
    "En tiempo", _WHOLE, "Atendidas con una espera de hasta el umbral del nivel de servicio, el umbral incluido."
)
LEVEL = Metric(
    "Nivel de servicio", _PERCENT, "El indicador según la fórmula en vigencia, con los conteos sumados.", "Nivel"
)
WAIT = Metric("Espera", _LENGTH, "Tiempo en todas las colas por las que pasó la llamada, hasta que terminó.")
MEAN_WAIT = Metric("Espera media", _LENGTH, "Suma de las esperas sobre su cantidad.", "Esp. media")
MEDIAN_WAIT = Metric(
    "Espera mediana",
    _LENGTH,
    "La mitad de las esperas fue de hasta este tiempo; entre dos valores centrales, su promedio.",
    "Mediana",
)
WAIT_90 = Metric(
    "Espera percentil 90",
    _LENGTH,
    "La menor espera observada que al menos nueve de cada diez llamadas no superaron.",
    "Perc. 90",
)
LONGEST_WAIT = Metric("Espera máxima", _LENGTH, "La espera más larga.", "Esp. máx.")
TALK = Metric("Conversación", _LENGTH, "Suma de los tiempos desde que el agente contesta hasta que la llamada termina.")
MEAN_TALK = Metric("Conversación media", _LENGTH, "Tiempo de conversación sobre las llamadas atendidas.", "Conv. media")
LONGEST_TALK = Metric("Conversación máxima", _LENGTH, "La conversación más larga.", "Conv. máx.")
BY_CALLER = Metric("Cortó el cliente", _WHOLE, "Conversaciones que terminó el cliente.", "Cliente")
BY_AGENT = Metric("Cortó el agente", _WHOLE, "Conversaciones que terminó el agente.", "Agente")
TRANSFERRED = Metric(
    "Transferidas", _WHOLE, "Conversaciones que el agente terminó con una transferencia a otro destino.", "Transf."
)
BY_UNKNOWN = Metric(
    "Fin no registrado", _WHOLE, "Conversaciones en curso, o cuyo fin ninguna fuente registró.", "Sin dato"
)
