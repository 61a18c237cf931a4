"""What the headings mean that part the figures of a report, and those of its lists: no figures themselves."""

from collections.abc import Mapping

DIMENSIONS: Mapping[str, str] = {
    "Agente": "Quien atendió, por su usuario y su nombre.",
    "Campaña": "El título de la campaña.",
    "Causa": "Por qué la llamada no fue atendida.",
    "Cola": "La cola por la que pasó la llamada.",
    "Cortó": "Quién terminó la llamada.",
    "Cuándo": "El momento en que se anotó el estado.",
    "De": "De qué cola o agente son las respuestas.",
    "Desde": "El primer día.",
    "Destino": "A quién se transfirió la llamada.",
    "Día": "El día, en la hora del centro.",
    "Día de la semana": "El día de la semana, en la hora del centro.",
    "Estado": "Qué fue de la llamada perdida.",
    "Feriado": "El nombre del feriado; vacío en un día hábil.",
    "Fórmula": "Cómo se calcula el indicador.",
    "Grabación": "Si la llamada tiene una grabación, o la tuvo y fue borrada.",
    "Hasta": "El último día.",
    "Hora": "La hora del día, en la hora del centro.",
    "Indicador": "El nombre del indicador.",
    "Ingreso": "El momento en que el agente ingresó a la primera cola.",
    "Línea": "El número que marcó el cliente.",
    "Llamada": "El momento en que la llamada entró a la cola.",
    "Llegada": "El momento en que la llamada llegó.",
    "Media hora": "Cuándo empieza la media hora.",
    "Mes": "El mes, en la hora del centro.",
    "Meta": "Desde qué valor se acepta el indicador.",
    "Motivo": "El motivo de la pausa.",
    "Nota": "Lo que el agente anotó.",
    "Período": "Cada cuánto se mide el indicador.",
    "Por qué": "Por qué no hay un valor.",
    "Posición al entrar": "El lugar en la cola al entrar: 1 es la siguiente. Si pasó por varias, el de la última.",
    "Pregunta": "La pregunta de la encuesta.",
    "Procedimiento": "El código del procedimiento.",
    "Resultado": "En qué terminó la llamada o el contacto, o si el indicador se acepta.",
    "Salida": "El momento en que el agente salió de la última cola.",
    "Semana": "La semana, de lunes a domingo.",
    "Teléfono": "El número de quien llamó.",
    "Tramo de espera": "Entre qué tiempos estuvo la espera; un borde pertenece al tramo que termina en él.",
    "Transferida a": "El destino de la última transferencia.",
}


def dimensions(*headings: str) -> Mapping[str, str]:
    """What each of these headings means."""
    return {heading: DIMENSIONS[heading] for heading in headings}
