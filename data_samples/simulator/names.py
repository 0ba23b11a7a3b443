"""Names, streets and mail domains with rough frequencies. Frequent ones come first; weights fall like 1 / (rank + 8)."""

import numpy as np
from numpy.typing import NDArray


def _words(text: str) -> list[str]:
    return text.split()


FEMALE = _words("""
Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Margaret Sandra Ashley Kimberly
Emily Donna Michelle Carol Amanda Dorothy Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley
Anna Brenda Pamela Emma Nicole Helen Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Diane
Ruth Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan Andrea Cheryl Hannah Jacqueline
Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice Jean Abigail Alice Julia Judy Sophia Grace Denise Amber Doris
Marilyn Danielle Beverly Isabella Theresa Diana Natalie Brittany Charlotte Marie Kayla Alexis Lori Guadalupe Rosa Carmen Priya
Mei Fatima Ana Luz Yolanda Tamika Keisha Ingrid Siobhan Renee Alma Esther Ximena
""")
MALE = _words("""
James Robert John Michael David William Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Mark Donald Steven
Paul Andrew Joshua Kenneth Kevin Brian George Timothy Ronald Edward Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan
Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Frank Patrick Raymond Jack Dennis Jerry Tyler Aaron Jose
Adam Nathan Henry Douglas Zachary Peter Kyle Ethan Walter Noah Jeremy Christian Keith Roger Terry Austin Sean Gerald Carl
Harold Dylan Arthur Lawrence Jordan Jesse Bryan Billy Bruce Gabriel Joe Logan Alan Juan Albert Willie Elijah Wayne Randy
Vincent Mason Roy Ralph Bobby Russell Bradley Philip Eugene Luis Carlos Miguel Jorge Rajesh Wei Ahmed Omar DeShawn Dmitri
Hiroshi Tomas Angel Hector Ivan Rafael Andre Curtis Leonard
""")
LAST = _words("""
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas
Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King
Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips
Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper
Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz
Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman
Butler Henderson Barnes Gonzales Fisher Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin
Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens
Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson
Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd
Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan Gardner Payne
Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong
Hudson Carroll Lane Riley Andrews Alvarado Ray Delgado Berry Perkins Hoffman Johnston Matthews Pena Richards Contreras Willis
Carpenter Lawrence Sandoval Guerrero George Chapman Rios Estrada Ortega Watkins Greene Nunez Wheeler Valdez Harper Burke
Larson Santiago Maldonado Morrison Franklin Carlson Austin Dominguez Carr Lawson Jacobs O'Brien Lynch Singh Vega Bishop
Montgomery Oliver Jensen Harvey Williamson Gilbert Dean Sims Espinoza Howell Li Wong Reid Hanson Le McCoy Garrett Burton
Fuller Wang Weber Welch Rojas Lucas Marquez Fields Park Yang Little Banks Padilla Day Walsh Bowman Schultz Luna Fowler Mejia
Kowalczyk Van-Dyke O'Connor D'Angelo De-Leon St-Pierre Okafor Abdullah Papadopoulos Lindqvist Szymanski Yamamoto
""")
STREETS = _words("""
Main Oak Maple Cedar Park Pine Elm Washington Lake Hill Walnut Spring North Ridge Church Willow Mill River Sunset Jackson
Highland Johnson Dogwood Forest Chestnut Franklin Meadow Cherry Valley Lincoln Adams Hickory Magnolia Cypress Birch Jefferson
Madison Laurel Locust Peachtree College Vista Brookside Heritage Fairway Cottonwood Juniper Sycamore Wildwood Prairie Mesa
Orchard Canyon Bluebonnet Lakeview Westwood Eastwood Stonebridge Timber Hawthorne
""")
STREET_KINDS = ["St", "Ave", "Dr", "Rd", "Ln", "Ct", "Blvd", "Way", "Pl", "Ter"]
MAIL_DOMAINS = (
    ("gmail.com", 50),
    ("yahoo.com", 15),
    ("hotmail.com", 8),
    ("outlook.com", 7),
    ("icloud.com", 7),
    ("aol.com", 5),
    ("comcast.net", 4),
    ("att.net", 2),
    ("example.com", 1),
    ("example.org", 1),
)
NICKNAMES = {
    "James": "Jim",
    "Robert": "Bob",
    "John": "Jack",
    "Michael": "Mike",
    "David": "Dave",
    "William": "Bill",
    "Richard": "Rick",
    "Joseph": "Joe",
    "Thomas": "Tom",
    "Charles": "Chuck",
    "Christopher": "Chris",
    "Daniel": "Dan",
    "Matthew": "Matt",
    "Anthony": "Tony",
    "Steven": "Steve",
    "Andrew": "Andy",
    "Kenneth": "Ken",
    "Edward": "Ed",
    "Timothy": "Tim",
    "Ronald": "Ron",
    "Benjamin": "Ben",
    "Samuel": "Sam",
    "Gregory": "Greg",
    "Alexander": "Alex",
    "Patrick": "Pat",
    "Jonathan": "Jon",
    "Nicholas": "Nick",
    "Stephen": "Steve",
    "Jeffrey": "Jeff",
    "Lawrence": "Larry",
    "Patricia": "Pat",
    "Jennifer": "Jen",
    "Elizabeth": "Liz",
    "Barbara": "Barb",
    "Susan": "Sue",
    "Jessica": "Jess",
    "Margaret": "Peggy",
    "Kimberly": "Kim",
    "Deborah": "Deb",
    "Rebecca": "Becky",
    "Stephanie": "Steph",
    "Katherine": "Kate",
    "Samantha": "Sam",
    "Christine": "Chris",
    "Catherine": "Cathy",
    "Victoria": "Vicky",
    "Jacqueline": "Jackie",
    "Kathleen": "Kathy",
    "Pamela": "Pam",
    "Cynthia": "Cindy",
    "Theresa": "Terri",
    "Sandra": "Sandy",
    "Dorothy": "Dot",
    "Virginia": "Ginny",
    "Abigail": "Abby",
    "Philip": "Phil",
}
BUSINESSES = (
    "Landscaping LLC",
    "Plumbing Inc",
    "Construction Co",
    "Electric LLC",
    "Rentals Inc",
    "Logistics LLC",
    "Catering LLC",
    "Roofing Inc",
)


def weights(count: int) -> NDArray[np.floating]:
    """Falling frequencies for a list of `count` names."""
    return 1.0 / (np.arange(count) + 8.0)
