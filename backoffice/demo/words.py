"""Common words that invented customers are made of. Any likeness to a person or a firm is chance."""

FIRST_NAMES = (
    *(
        "María",
        "Juan",
        "José",
        "Ana",
        "Carlos",
        "Rosa",
        "Luis",
        "Carmen",
        "Jorge",
        "Julia",
        "Miguel",
        "Elena",
    ),
    *("Fernando", "Patricia", "Ramiro", "Silvia", "Edwin", "Gladys", "Wilson", "Norma", "Freddy", "Nancy"),
    *("Rubén", "Teresa", "Óscar", "Martha", "Gonzalo", "Lourdes", "Iván", "Verónica", "Marcelo", "Daniela"),
)
SURNAMES = (
    *("Mamani", "Quispe", "Flores", "Choque", "Vargas", "Rojas", "Condori", "Gutiérrez", "López", "García"),
    *("Fernández", "Rodríguez", "Pérez", "Torrico", "Vásquez", "Cruz", "Arce", "Camacho", "Claros", "Zurita"),
    *(
        "Montaño",
        "Terrazas",
        "Orellana",
        "Villarroel",
        "Ledezma",
        "Peredo",
        "Guzmán",
        "Soto",
        "Muñoz",
        "Ayala",
    ),
)
TRADES = (
    *("Ferretería", "Farmacia", "Panadería", "Librería", "Imprenta", "Restaurante", "Taller", "Óptica"),
    *("Consultora", "Cafetería", "Transportes", "Agropecuaria"),
)
TRADE_NAMES = (
    "Los Molles",
    "El Ceibo",
    "Tres Cruces",
    "La Campiña",
    "Kanata",
    "El Jardín",
    "Valle Alto",
    "Illimani",
)

ZONES = (
    *("Cala Cala", "Queru Queru", "Sarco", "Muyurina", "Las Cuadras", "Jaihuayco", "Temporal", "Mayorazgo"),
    *(
        "Hipódromo",
        "La Chimba",
        "Alalay",
        "Villa Pagador",
        "Quillacollo",
        "Sacaba",
        "Tiquipaya",
        "Colcapirhua",
    ),
)
STREETS = (
    "Los Sauces",
    "Las Retamas",
    "Los Tajibos",
    "Las Magnolias",
    "Los Pinos",
    "El Molino",
    "La Acequia",
)
PLACES_OF_ISSUE = ("CB", "CB", "CB", "CB", "LP", "SC", "OR", "PT", "CH")

FAULTS = {
    "fixed_telephony": ("Sin tono", "Ruido en la línea", "No recibe llamadas"),
    "internet": ("Sin navegación", "Navegación lenta", "Cortes intermitentes"),
    "cable_tv": ("Sin señal", "Imagen pixelada", "Decodificador no enciende"),
    "multimedia": ("Sin señal ni navegación", "Cortes intermitentes", "Sin tono"),
    "mobile": ("Sin señal", "No puede llamar"),
    "fijacom_4g": ("Sin señal", "Navegación lenta"),
}
PLANS = {
    "fixed_telephony": ("Residencial", "Comercial"),
    "internet": ("Hogar 50 Mbps", "Hogar 100 Mbps", "Negocios 200 Mbps"),
    "cable_tv": ("Básico", "Full HD"),
    "multimedia": ("Dúo", "Trío"),
    "mobile": ("Prepago", "Pospago"),
    "fijacom_4g": ("Bolsillo 5 GB", "Bolsillo 20 GB"),
}
CONTACTS = (
    ("101", "Reclama falla del servicio; se informa el plazo de reparación"),
    ("102", "Consulta saldo y fecha de pago"),
    ("103", "Consulta el estado de su instalación"),
    ("104", "Consulta un número de la guía"),
    ("4522222", "Consulta planes de televisión"),
)
# Names of the directory with the surnames first, and whether the number is in reserve: one surname twice,
# surnames that begin with another, a whole name twice, one that is in reserve beside one that is not.
DIRECTORY = (
    ("Soto Peredo Ana", False),
    ("Soto Ledezma Ramiro", False),
    ("Sotomayor Arce Luis", False),
    ("Soto Peredo Elena", True),
    ("Cruz Ayala Rosa", False),
    ("Cruz Ayala Rosa", False),
    ("Muñoz Álvarez Óscar", False),
    ("Zambrana Vargas Norma", True),
)
