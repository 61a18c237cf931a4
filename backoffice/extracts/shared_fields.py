"""Fields that lists of several kinds have. Pure."""

from backoffice.extracts.kinds import ExtractField, FieldType, headings

CUSTOMER_CODE = ExtractField(
    "customer_code",
    "Código de cliente",
    FieldType.CODE,
    headings(
        "código; cod; cod cliente; cliente código; nro cliente; num cliente; n° cliente; número de cliente; id cliente;"
        "código abonado; cod abonado; código socio; cod socio; suscriptor; código suscriptor"
    ),
)
CONTRACT = ExtractField(
    "contract",
    "Contrato",
    FieldType.CODE,
    headings("nro contrato; num contrato; n° contrato; número de contrato; código contrato; cod contrato; id contrato"),
)
SERVICE_ALIASES = headings(
    "tipo de servicio; producto; tipo de producto; línea de producto; clase de servicio; descripción del servicio;"
    "nombre del servicio; servicio prepago"
)
