//! Where people work, and as what. Every company is invented.

use super::names::Home;

/// What a company does; the order of [`FIELDS`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    Energy,
    Ports,
    Building,
    Making,
    Food,
    Data,
    Learning,
    Towns,
    Funding,
    Press,
}

/// The tag of a field, and the titles that its people have.
pub(super) const FIELDS: [(&str, &str); 10] = [
    (
        "energy",
        "Grid Planner|Head of Heat|Metering Engineer|Programme Manager|Storage Lead|Commissioning Engineer|Community Power Officer",
    ),
    (
        "ports",
        "Terminal Manager|Berth Planner|Harbour Pilot|Yard Supervisor|Shore Power Lead|Freight Coordinator|Head of Operations",
    ),
    (
        "building",
        "Architect|Timber Engineer|Site Manager|Reuse Coordinator|Project Architect|Structural Engineer|Studio Director",
    ),
    (
        "making",
        "Workshop Manager|Toolmaker|Product Designer|Head of Repair|Materials Buyer|Apprentice Coordinator|Founder",
    ),
    (
        "food",
        "Kitchen Manager|Cold Chain Lead|Head of Sourcing|Market Organiser|Founder|Packaging Designer|Operations Manager",
    ),
    (
        "data",
        "Data Analyst|Cartographer|Sensor Engineer|Product Manager|Research Engineer|Head of Platform|Visualisation Designer",
    ),
    (
        "learning",
        "Lecturer|Professor of Repair Studies|Workshop Tutor|Research Fellow|Head of Short Courses|Librarian|Partnerships Manager",
    ),
    (
        "towns",
        "Town Engineer|Head of Harbour Office|Procurement Officer|Climate Coordinator|Parks Manager|Planner|Chief of Staff",
    ),
    (
        "funding",
        "Programme Officer|Grants Manager|Investment Associate|Head of Learning|Portfolio Manager|Director",
    ),
    (
        "press",
        "Editor|Reporter|Producer|Photo Editor|Columnist|Head of Audience",
    ),
];

/// A company: its name, the first part of its `.example` domain, its field and its home.
pub(super) type Company = (&'static str, &'static str, Field, Home);

/// Everywhere people work.
pub(super) const COMPANIES: [Company; 60] = [
    ("Fjordlys Energi", "fjordlys", Field::Energy, Home::Nordic),
    (
        "Salthaven Port Trust",
        "salthaven-port",
        Field::Ports,
        Home::Isles,
    ),
    ("Studio Arcata", "arcata", Field::Building, Home::Italy),
    ("Ironbark Tools", "ironbark", Field::Making, Home::Isles),
    ("Monsoon Analytics", "monsoon", Field::Data, Home::India),
    (
        "Volta Bridge Logistics",
        "voltabridge",
        Field::Ports,
        Home::WestAfrica,
    ),
    (
        "Eastmere University",
        "eastmere",
        Field::Learning,
        Home::Isles,
    ),
    ("Norrvik kommun", "norrvik", Field::Towns, Home::Nordic),
    ("Kurohama Shipping", "kurohama", Field::Ports, Home::Japan),
    (
        "Brisamar Logística",
        "brisamar",
        Field::Ports,
        Home::Americas,
    ),
    ("Sunward Cooperative", "sunward", Field::Energy, Home::Isles),
    ("Noordwarmte", "noordwarmte", Field::Energy, Home::NorthSea),
    (
        "Corrente Clara",
        "correnteclara",
        Field::Energy,
        Home::Portugal,
    ),
    ("Heliograf", "heliograf", Field::Energy, Home::Poland),
    (
        "Volta Tide Power",
        "voltatide",
        Field::Energy,
        Home::WestAfrica,
    ),
    ("Elbfracht", "elbfracht", Field::Ports, Home::NorthSea),
    (
        "Porto Claro Terminals",
        "portoclaro-terminals",
        Field::Ports,
        Home::Portugal,
    ),
    ("Marsa Freight", "marsa", Field::Ports, Home::Levant),
    ("Baobab Timber", "baobab", Field::Building, Home::EastAfrica),
    ("Tåla Arkitekter", "tala", Field::Building, Home::Nordic),
    ("Rammed & Ready", "rammed", Field::Building, Home::Isles),
    ("Hanok Works", "hanokworks", Field::Building, Home::Korea),
    ("Casa Raíz", "casaraiz", Field::Building, Home::Americas),
    ("Betonwende", "betonwende", Field::Building, Home::NorthSea),
    (
        "Ateliê do Cais",
        "ateliedocais",
        Field::Making,
        Home::Portugal,
    ),
    ("Redwater Looms", "redwater", Field::Making, Home::Isles),
    ("Monozukuri Bench", "monozukuri", Field::Making, Home::Japan),
    ("Precyzja", "precyzja", Field::Making, Home::Poland),
    (
        "Kente & Thread",
        "kentethread",
        Field::Making,
        Home::WestAfrica,
    ),
    ("Valvola", "valvola", Field::Making, Home::Italy),
    (
        "Tidegarden Kitchens",
        "tidegarden",
        Field::Food,
        Home::Isles,
    ),
    ("Shamba Cold Chain", "shamba", Field::Food, Home::EastAfrica),
    ("Masala Commons", "masalacommons", Field::Food, Home::India),
    ("Olive & Anchor", "oliveanchor", Field::Food, Home::Levant),
    ("Tofuya Cooperative", "tofuya", Field::Food, Home::Japan),
    ("Forno Comune", "fornocomune", Field::Food, Home::Italy),
    ("Tallyworks", "tallyworks", Field::Data, Home::Isles),
    ("Pingshan Sensors", "pingshan", Field::Data, Home::Taiwan),
    ("Haneul Maps", "haneul", Field::Data, Home::Korea),
    ("Kartograf", "kartograf", Field::Data, Home::Poland),
    ("Opal Ledger", "opalledger", Field::Data, Home::India),
    (
        "Instituto da Maré",
        "instituto-mare",
        Field::Learning,
        Home::Portugal,
    ),
    (
        "Rift Valley School of Repair",
        "riftrepair",
        Field::Learning,
        Home::EastAfrica,
    ),
    (
        "Jade Bay Institute",
        "jadebay",
        Field::Learning,
        Home::Taiwan,
    ),
    (
        "Polytechnic of Norrvik",
        "norrvik-poly",
        Field::Learning,
        Home::Nordic,
    ),
    (
        "Anatolia Crafts Academy",
        "anatolia-crafts",
        Field::Learning,
        Home::Levant,
    ),
    ("Town of Salthaven", "salthaven", Field::Towns, Home::Isles),
    (
        "Câmara de Porto Claro",
        "portoclaro",
        Field::Towns,
        Home::Portugal,
    ),
    (
        "Comune di Roccamare",
        "roccamare",
        Field::Towns,
        Home::Italy,
    ),
    ("Stad Veerdam", "veerdam", Field::Towns, Home::NorthSea),
    (
        "Municipio de Bahía Serena",
        "bahiaserena",
        Field::Towns,
        Home::Americas,
    ),
    (
        "Meridian Foundation",
        "meridian",
        Field::Funding,
        Home::Nordic,
    ),
    ("Kestrel Fund", "kestrel", Field::Funding, Home::EastAfrica),
    ("Banyan Trust", "banyan", Field::Funding, Home::India),
    ("Fondo Semilla", "semilla", Field::Funding, Home::Americas),
    (
        "Harbourlight Capital",
        "harbourlight",
        Field::Funding,
        Home::Isles,
    ),
    ("The Quay Review", "quayreview", Field::Press, Home::Isles),
    (
        "Radio Litoral",
        "radiolitoral",
        Field::Press,
        Home::Portugal,
    ),
    (
        "Werkstatt Magazin",
        "werkstatt",
        Field::Press,
        Home::NorthSea,
    ),
    ("Field Notes Asia", "fieldnotes", Field::Press, Home::Taiwan),
];
