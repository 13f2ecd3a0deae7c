"""Lists of passwords, the same in every run: weak ones that satisfy the letter, in families, and strong ones. They are
what tests/cmd/run holds the points rule to, and what tests/bench/strength compares modules by."""
import random
import re

PLACES = "Haiphong Hanoi Danang Saigon Cantho Thanhtri Hue Nghean Bacninh Longbien Vungtau Quangninh".split()
WORDS = ("Matkhau Password Admin Welcome Xinchao Vietnam Viettel Vnpt Ubnd Congan Vanphong Giaoduc Benhvien Nguyen Quantri "
         "Iloveyou Emyeuanh Hanhphuc Giadinh Test Hello Qwerty Abc Summer Thang Xuan Mua Bidv Agribank Zalo Samsung "
         "Windows Office Manager Server Camera Phuong Linh Trang Hung Dung Minh Tuan Hoa Lan Mai Huong").split()
TAILS = "@2024 @123 #2023 @1234 !1 @12345 123! 2024@ 1! @2025! #1990 @112233".split()
# What is no word with a tail, by family.
SINGLE = {
    "letters as digits or signs": "P@ssw0rd1 P@ssw0rd123! Passw0rd! M@tkh@u123 Matkh@u1 Matkh4u! H@n0i2024 V13tnam@1 "
                                  "Adm1n@123",
    "neighbours on the keyboard": "Qwerty123! Qwerty@1 1qaz@WSX 1qaz2WSX! Zaq1@wsx Q1w2e3r4! Asdf1234! !@#QWE123qwe "
                                  "123qwe!@#QWE Qaz123!@# Poiuyt1! Mnbvcxz1@ 147258369Aa!",
    "sequences and repeats": "Abcd1234! Abc@12345 Aa@123456 Aa123456@ A@a12345 Abc123!@# Abcabc1! Xyz!789xyz! Aaaa1111! "
                             "Aa1!Aa1! Haha@1234 Hihi@123 Kaka#2024",
    "dates": "22/11/2026Aa! 01/01/1990Ab@ Ngay20/11/2024!",
    "persons": "Nguyenvana@1 Nguyenvana1990@ Tranthib#2 Levanc@123 Anh123@anh Hoa1990@hoa Michael1!",
    "everybody's favourites": "Loveyou1! Sunshine1! Dragon@1 Football1! Monkey@12 Letmein1! Changeme1! Secret@1 Master@1 "
                              "Shadow@1 Superman@1 Batman@123 Pokemon#1 Chelsea@1 Arsenal@1",
}
CLASSES = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "!@#$%^&*()-_=+[]{};:,.<>?/")
# Ordinary words for phrases: what comes to mind in a house, a street, a garden, at a table.
PHRASE_WORDS = """
acorn almond anchor angle animal ankle apple apron arch arrow artist attic autumn avenue badge bakery balcony ball bamboo
banjo barrel basket beach bean bell belt bench berry bicycle bird biscuit blanket blossom boat bottle bowl branch brass
bread breeze brick bridge broom brother brush bucket butter button cabin cable cactus camel candle canyon carpet carrot
castle cattle cedar ceiling cellar chain chalk cheese cherry chest chicken chimney circle citrus clay cliff clock cloth
cloud clover coal coast coffee collar copper coral corner cotton cousin cradle crayon cream cricket crown cup curtain
cushion dairy daisy dance dawn deer desert desk dinner doctor donkey door dough drawer dress drum duck dune dust eagle
earth echo eggplant elbow engine evening fabric falcon farmer feather fence fern ferry fiddle field finger flag flame
flour flute fog forest fork fountain fox frame frost fruit garage garlic gate giant ginger glass glove goat grain grape
grass gravel guitar hammer harbor harvest hat hazel hedge helmet heron hill honey hook horn house hunter ice island
ivory jacket jar jelly jewel journey juice jungle kettle kitchen kite kitten knee knife ladder lake lamp lantern laundry
lawn leaf leather lemon letter lettuce library lily linen lizard lobster lunch magnet maple marble market meadow melon
mill mirror mitten moon moss mountain mouse mud museum mushroom napkin needle nest night noodle north oak oar ocean olive
onion orange orchard otter oven owl paint palace pancake paper parade parrot pasture peach pebble pencil pepper piano
picnic pigeon pillow pine pirate planet plate plum pocket poem pond pony potato prairie puddle pumpkin puppet quarry
quilt rabbit radish raft rain raven ribbon rice ring river road robin rocket roof rope rose rug saddle sail salad salt
sand saucer scarf school shadow sheep shelf shell shirt shoe shovel silk silver sister sleeve smoke snail snow soap sofa
soup south sparrow spice spider spoon spring squirrel stable stairs stone storm story straw stream street sugar suitcase
sunset swan table tailor tea temple thread thunder ticket tiger timber toast tomato tower trail train tree trumpet tulip
tunnel turtle uncle valley vase velvet village vinegar violin wagon wallet walnut water wave wheat wheel whistle willow
window winter wolf wood wool yard yogurt zebra
""".split()


def has_all_classes(password):
    """Whether it satisfies the letter."""
    return len(password) >= 8 and all(any(char in letters for char in password) for letters in CLASSES)


def weak_families():
    """Those that the letter lets pass, as {family: [password]}; none stands in two."""
    tailed = [[word + TAILS[(at + 2 * turn) % len(TAILS)] for turn in range(6)] for at, word in enumerate(PLACES + WORDS)]
    families = {"a place with a tail": sum(tailed[:len(PLACES)], []),
                "a word or name with a tail": sum(tailed[len(PLACES):], []),
                **{name: words.split() for name, words in SINGLE.items()}}
    seen, found = set(), {}
    for name, passwords in families.items():
        found[name] = [password for password in dict.fromkeys(passwords)
                       if has_all_classes(password) and password not in seen]
        seen.update(found[name])
    return found


def weak_passwords():
    """All of them."""
    return sum(weak_families().values(), [])


def drawn_passwords(dictionary, count):
    """Weak ones that nobody chose: words drawn from a dictionary, one a line, with the same tails."""
    words = random.Random(1017).sample([word for word in dictionary if re.fullmatch("[a-z]{5,9}", word)], count)
    tailed = [word.capitalize() + TAILS[at % len(TAILS)] for at, word in enumerate(words)]
    return [password for password in tailed if has_all_classes(password)]


def strong_passwords(length, count):
    """Random ones of four classes, the same in every run."""
    chance = random.Random(1017 + length)
    found = []
    while len(found) < count:
        password = "".join(chance.choice("".join(CLASSES)) for _ in range(length))
        if has_all_classes(password):
            found.append(password)
    return found


def phrases(count):
    """Five words each, the first with a capital, then a digit and a sign: Copper river window garlic lamp7!"""
    chance = random.Random(1017)
    found = []
    for _ in range(count):
        words = " ".join(chance.sample(PHRASE_WORDS, 5))
        found.append(words[0].upper() + words[1:] + chance.choice(CLASSES[2]) + chance.choice("!@#$%&*+-=?"))
    return found
