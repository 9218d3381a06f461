"""What are people, streets and wards called? All invented, with accents that Windows-1252 can write."""

from __future__ import annotations

# fmt: off
WOMEN = (
    "Dorothea", "Celia", "Rosamond", "Mary", "Harriet", "Jane", "Selina", "Martha", "Susan", "Margaret", "Patricia",
    "Jean", "Sheila", "Maureen", "Barbara", "Sandra", "Christine", "Linda", "Carol", "Janet", "Kathleen", "Doreen",
    "Joyce", "Beryl", "Olive", "Ruth", "Eileen", "Yvonne", "Anne", "Helen", "Karen", "Tracey", "Julie", "Amanda",
    "Louise", "Emma", "Claire", "Sarah", "Laura", "Gemma", "Rachel", "Kelly", "Stacey", "Jade", "Chloé", "Zoë",
    "Amelia", "Olivia", "Ruby", "Freya", "Aisha", "Fatima", "Amina", "Khadija", "Priya", "Anjali", "Harpreet",
    "Gurpreet", "Simran", "Mei", "Ling", "Agnieszka", "Katarzyna", "Monika", "Ioana", "Andreea", "Renée", "Inés",
    "Blessing", "Grace", "Abimbola", "Ngozi", "Adaeze", "Siobhán", "Niamh", "Leila", "Yasmin", "Noor", "Zainab",
    "Hana", "Marta", "Sofía", "Elif", "Ayse",
)
MEN = (
    "Tertius", "Fred", "Will", "Nicholas", "Edward", "Arthur", "James", "John", "Robert", "Michael", "David",
    "Brian", "Kenneth", "Derek", "Raymond", "Stanley", "Ronald", "Dennis", "Leonard", "Albert", "Frank", "George",
    "Harold", "Roy", "Terence", "Alan", "Keith", "Graham", "Trevor", "Stephen", "Paul", "Mark", "Andrew", "Kevin",
    "Gary", "Darren", "Lee", "Craig", "Jason", "Ryan", "Liam", "Callum", "Jack", "Harry", "Oliver", "Noah",
    "Mohammed", "Ahmed", "Imran", "Yusuf", "Bilal", "Rajesh", "Sanjay", "Amarjit", "Jaspreet", "Kuldip", "Wei",
    "Jun", "Piotr", "Tomasz", "Krzysztof", "Andrei", "Mihai", "José", "André", "Rubén", "Emeka", "Chidi", "Kwame",
    "Kofi", "Tunde", "Séan", "Pádraig", "Omar", "Hassan", "Khalid", "Farid", "Luca", "Björn", "Jürgen", "Émile",
    "Deepak", "Vikram",
)
SURNAMES = (
    "Brooke", "Casaubon", "Vincy", "Lydgate", "Garth", "Bulstrode", "Cadwallader", "Chettam", "Ladislaw",
    "Farebrother", "Featherstone", "Raffles", "Plymdale", "Hackbutt", "Toller", "Sprague", "Mawmsey", "Dagley",
    "Trumbull", "Hawley", "Standish", "Tyke", "Minchin", "Wrench", "Smith", "Jones", "Taylor", "Brown", "Williams",
    "Wilson", "Johnson", "Davies", "Patel", "Wright", "Walker", "White", "Edwards", "Hughes", "Green", "Hall",
    "Lewis", "Harris", "Clarke", "Jackson", "Wood", "Turner", "Martin", "Cooper", "Hill", "Ward", "Morris", "Moore",
    "Clark", "Lee", "King", "Baker", "Morgan", "Allen", "Scott", "Watson", "Bennett", "Griffiths", "Carter", "Cook",
    "Shaw", "Bailey", "Marshall", "Mills", "Ellis", "Marsh", "Begum", "Khan", "Hussain", "Ali", "Ahmed", "Mahmood",
    "Singh", "Kaur", "Sharma", "Gill", "Sandhu", "Dhillon", "Chowdhury", "Rahman", "Okafor", "Adeyemi", "Mensah",
    "Boateng", "Osei", "Nowak", "Kowalski", "Wójcik", "Kaminska", "Popescu", "Ionescu", "García", "Núñez", "Müller",
    "Fernández", "O'Brien", "O'Connor", "O'Neill", "D'Souza", "Byrne", "Murphy", "Gallagher", "McDonald", "MacLeod",
    "Chen", "Wong", "Nguyen", "Tran", "Kelly-Smith", "Hart-Davies", "Van-Dijk",
)
STREETS = (
    "Lowick", "Tipton", "Freshitt", "Garth", "Stone", "Bulstrode", "Vincy", "Frick", "Parley", "Houndsley",
    "Lydgate", "Brassing", "Hollow", "Kiln", "Tannery", "Weavers", "Ribbon", "Watchmakers", "Cordwain", "Priory",
    "Spon", "Hearsall", "Abbot", "Cloister", "Meadow", "Orchard", "Coppice", "Larkhill", "Harebell", "Foxglove",
    "Canal", "Wharf", "Station", "Albion", "Victoria", "Wellington", "Nelson", "Byron", "Eliot", "Brontë",
    "Gaskell", "Trinity", "Saint Oswald", "Grange", "Hillmorton", "Quarry", "Sandpit", "Windmill", "Cuckoo", "Heron",
)
# fmt: on
STREET_ENDS = ("Street", "Road", "Lane", "Avenue", "Close", "Crescent", "Gardens", "Way")
WARDS = (
    "Lowick", "Tipton", "Freshitt", "Stone Court", "Frick", "Houndsley", "Bulstrode", "Garth", "Cloisters", "Tannery",
    "Watchmakers", "Brassing",
)  # fmt: skip
FIRMS = (
    "MIDDLEMARCH LETTINGS LTD", "VINCY RIBBONS LIMITED", "LOWICK ESTATES LLP", "BULSTRODE PROPERTY HOLDINGS LTD",
    "GARTH & DAUGHTER LAND AGENTS", "MIDDLEMARCH BOROUGH COUNCIL",
)  # fmt: skip
HALLS = ("MIDDLEMARCH UNIVERSITY", "LOWICK STUDENT LIVING LTD", "TIPTON COLLEGE RESIDENCES LTD")
SCHOOLS = (
    "Lowick Primary School", "Garth Church of England Primary", "Tipton Primary Academy",
    "Saint Oswald's Catholic Primary", "Freshitt Infant School", "Brassing Academy", "Bulstrode School",
    "Middlemarch High School",
)  # fmt: skip
PRIMARIES = 5
LANGUAGES = ("Polish", "Punjabi", "Urdu", "Bengali", "Romanian", "Arabic", "Somali", "Tigrinya", "Gujarati")
