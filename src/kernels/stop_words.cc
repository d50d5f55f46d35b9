#include "kernels/stop_words.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace magpie {
namespace {

constexpr std::array<std::string_view, 98> kDanish = {
    "ad",   "af",    "aldrig",  "alle",  "alt",   "anden",   "at",     "blev",   "blive", "bliver", "da",
    "de",   "dem",   "den",     "denne", "der",   "deres",   "det",    "dette",  "dig",   "din",    "dog",
    "du",   "efter", "eller",   "en",    "end",   "er",      "et",     "for",    "fordi", "fra",    "få",
    "ham",  "han",   "hans",    "har",   "havde", "hende",   "hendes", "her",    "hos",   "hun",    "hvad",
    "hvem", "hver",  "hvilken", "hvis",  "hvor",  "hvordan", "i",      "ikke",   "ind",   "jeg",    "jer",
    "kan",  "kom",   "kunne",   "man",   "mange", "med",     "meget",  "men",    "mig",   "min",    "mod",
    "må",   "ned",   "nogen",   "noget", "nogle", "nu",      "når",    "og",     "også",  "om",     "op",
    "os",   "over",  "på",      "selv",  "sig",   "sin",     "skal",   "skulle", "som",   "sådan",  "til",
    "ud",   "under", "var",     "ved",   "vi",    "vil",     "ville",  "vor",    "være",  "været"};

constexpr std::array<std::string_view, 100> kDutch = {
    "aan",  "al",      "alles",  "als",   "altijd", "andere", "ben",   "bij",  "daar", "dan",   "dat",    "de",
    "der",  "deze",    "die",    "dit",   "doch",   "doen",   "door",  "dus",  "een",  "en",    "er",     "ge",
    "geen", "geweest", "haar",   "had",   "heb",    "hebben", "heeft", "hem",  "het",  "hier",  "hij",    "hoe",
    "hun",  "iemand",  "iets",   "ik",    "in",     "is",     "ja",    "je",   "kan",  "kon",   "kunnen", "maar",
    "me",   "meer",    "men",    "met",   "mij",    "mijn",   "moet",  "na",   "naar", "niet",  "niets",  "nog",
    "nu",   "of",      "om",     "omdat", "onder",  "ons",    "ook",   "op",   "over", "reeds", "te",     "tegen",
    "toch", "toen",    "tot",    "u",     "uit",    "uw",     "van",   "veel", "voor", "want",  "waren",  "was",
    "wat",  "werd",    "wezen",  "wie",   "wil",    "worden", "wordt", "zal",  "ze",   "zelf",  "zich",   "zij",
    "zijn", "zo",      "zonder", "zou"};

constexpr std::array<std::string_view, 68> kEnglish = {
    "about", "after", "all",  "also", "an",    "and",  "any",   "are",   "as",    "at",   "be",   "because",
    "been",  "but",   "by",   "can",  "did",   "do",   "does",  "for",   "from",  "had",  "has",  "have",
    "he",    "her",   "his",  "how",  "if",    "in",   "into",  "is",    "it",    "its",  "may",  "more",
    "most",  "no",    "not",  "of",   "on",    "one",  "or",    "our",   "out",   "she",  "so",   "some",
    "such",  "than",  "that", "the",  "their", "them", "then",  "there", "these", "they", "this", "to",
    "up",    "was",   "we",   "were", "what",  "when", "which", "with"};

constexpr std::array<std::string_view, 65> kFinnish = {
    "ei",      "eivät",  "ennen",  "että",  "he",    "hyvin", "hän",  "hänen",  "ilman",  "itse",   "ja",
    "jo",      "joiden", "joka",   "jonka", "jos",   "jossa", "jota", "jotka",  "kaikki", "kanssa", "kuin",
    "kuka",    "kun",    "kuten",  "me",    "mikä",  "minä",  "mitä", "mukaan", "mukana", "mutta",  "myös",
    "myöskin", "ne",     "niiden", "niin",  "nyt",   "näin",  "nämä", "ole",    "olen",   "oli",    "olisi",
    "olla",    "ollut",  "oman",   "on",    "ovat",  "se",    "sekä", "sen",    "siinä",  "sinä",   "sitten",
    "sitä",    "tai",    "tuo",    "tämä",  "tämän", "vaan",  "vain", "voi",    "yli",    "ympäri"};

constexpr std::array<std::string_view, 83> kFrench = {
    "ainsi", "au",   "aussi", "aux",  "avait", "avec",  "ce",    "ces",   "cette", "chez", "comme", "dans",
    "de",    "des",  "donc",  "dont", "du",    "elle",  "elles", "en",    "entre", "est",  "et",    "eux",
    "il",    "ils",  "je",    "la",   "le",    "les",   "leur",  "leurs", "lui",   "mais", "me",    "mes",
    "moi",   "mon",  "même",  "ne",   "nos",   "notre", "nous",  "on",    "ont",   "ou",   "où",    "par",
    "pas",   "plus", "pour",  "qu",   "que",   "qui",   "sa",    "sans",  "se",    "ses",  "si",    "son",
    "sont",  "sous", "sur",   "ta",   "te",    "tes",   "toi",   "ton",   "tous",  "tout", "toute", "toutes",
    "très",  "tu",   "un",    "une",  "vos",   "votre", "vous",  "à",     "était", "été",  "être"};

constexpr std::array<std::string_view, 99> kGerman = {
    "aber",  "alle",   "als",   "also",   "am",    "an",     "auch",   "auf",    "aus",   "bei",      "bin",
    "bis",   "da",     "damit", "das",    "dass",  "dein",   "dem",    "den",    "denn",  "der",      "des",
    "die",   "dies",   "diese", "dieser", "doch",  "dort",   "du",     "durch",  "ein",   "eine",     "einem",
    "einen", "einer",  "eines", "er",     "es",    "euer",   "für",    "hat",    "hatte", "ich",      "ihr",
    "ihre",  "ihrem",  "ihren", "im",     "in",    "ist",    "ja",     "jede",   "jeder", "jedes",    "kann",
    "kein",  "keine",  "man",   "mehr",   "mein",  "mit",    "nach",   "nicht",  "noch",  "nur",      "ob",
    "oder",  "ohne",   "sehr",  "sein",   "seine", "seinem", "seinen", "seiner", "sich",  "sie",      "sind",
    "so",    "soll",   "um",    "und",    "uns",   "unter",  "vom",    "von",    "vor",   "war",      "was",
    "wenn",  "werden", "wie",   "wir",    "wird",  "wo",     "zu",     "zum",    "zur",   "zwischen", "über"};

constexpr std::array<std::string_view, 126> kHungarian = {
    "a",      "abban",    "ahogy",  "aki",    "akik",    "akkor",     "alatt",   "amely",  "amelyek", "ami",
    "amikor", "annak",    "arra",   "az",     "azok",    "azon",      "azt",     "aztán",  "azután",  "azért",
    "be",     "belül",    "benne",  "cikk",   "csak",    "de",        "e",       "egy",    "egyik",   "egyéb",
    "egész",  "el",       "ellen",  "elő",    "először", "ennek",     "erre",    "ez",     "ezek",    "ezt",
    "ezzel",  "fel",      "felé",   "ha",     "hanem",   "hiszen",    "hogy",    "hogyan", "igen",    "ilyen",
    "is",     "ismét",    "itt",    "jó",     "jól",     "keresztül", "ki",      "kívül",  "között",  "közül",
    "le",     "legalább", "lehet",  "lenne",  "lesz",    "lett",      "maga",    "majd",   "meg",     "mely",
    "melyek", "mert",     "mi",     "minden", "mindig",  "mint",      "mit",     "most",   "már",     "más",
    "nagy",   "nagyon",   "ne",     "nem",    "nincs",   "olyan",     "ott",     "pedig",  "persze",  "rá",
    "s",      "sem",      "soha",   "sok",    "során",   "szemben",   "szerint", "szinte", "számára", "talán",
    "tehát",  "teljes",   "tovább", "több",   "többi",   "ugyanis",   "utána",   "vagy",   "vagyis",  "valaki",
    "valami", "van",      "vannak", "vele",   "volna",   "volt",      "voltak",  "át",     "én",      "és",
    "így",    "össze",    "úgy",    "új",     "ő",       "őt"};

constexpr std::array<std::string_view, 108> kItalian = {
    "a",      "ad",     "agli",   "ai",     "al",    "alla",   "alle",   "allo",   "anche",  "avere",  "aveva",
    "che",    "chi",    "ci",     "come",   "con",   "contro", "cui",    "da",     "dagli",  "dai",    "dal",
    "dalla",  "dalle",  "degli",  "dei",    "del",   "della",  "delle",  "dello",  "di",     "dove",   "e",
    "ed",     "era",    "essere", "gli",    "ha",    "hanno",  "i",      "il",     "in",     "io",     "la",
    "le",     "lei",    "li",     "lo",     "loro",  "lui",    "ma",     "mi",     "mia",    "mio",    "ne",
    "negli",  "nei",    "nel",    "nella",  "nelle", "nello",  "noi",    "non",    "nostra", "nostro", "o",
    "per",    "perché", "più",    "quale",  "quali", "quando", "quanto", "quella", "quelle", "quelli", "quello",
    "questa", "queste", "questi", "questo", "se",    "sei",    "si",     "sia",    "solo",   "sono",   "sotto",
    "su",     "sua",    "sue",    "sugli",  "sui",   "sul",    "sulla",  "sulle",  "suo",    "suoi",   "tra",
    "tu",     "tutti",  "tutto",  "un",     "una",   "uno",    "vi",     "voi",    "è"};

constexpr std::array<std::string_view, 129> kNorwegian = {
    "alle",   "at",    "av",      "bare",    "begge",  "ble",   "blei",  "bli",  "blir",  "både",  "da",     "de",
    "deg",    "dei",   "deim",    "deira",   "dem",    "den",   "denne", "der",  "dere",  "deres", "det",    "dette",
    "di",     "din",   "disse",   "dykk",    "då",     "eg",    "ein",   "eit",  "eitt",  "eller", "elles",  "en",
    "er",     "et",    "etter",   "for",     "fordi",  "fra",   "før",   "ha",   "hadde", "han",   "hans",   "har",
    "hennar", "henne", "hennes",  "her",     "hjå",    "ho",    "hun",   "hva",  "hvem",  "hver",  "hvilke", "hvilken",
    "hvis",   "hvor",  "hvordan", "hvorfor", "i",      "ikke",  "ikkje", "inn",  "jeg",   "kan",   "kom",    "korleis",
    "kun",    "kunne", "kva",     "kvar",    "kven",   "man",   "mange", "me",   "med",   "medan", "meg",    "meget",
    "mellom", "men",   "mens",    "min",     "mot",    "mykje", "ned",   "no",   "noe",   "noen",  "noko",   "nokon",
    "nå",     "når",   "og",      "også",    "om",     "opp",   "oss",   "over", "på",    "seg",   "selv",   "si",
    "sia",    "sin",   "sitt",    "skal",    "skulle", "slik",  "som",   "så",   "til",   "um",    "upp",    "ut",
    "uten",   "var",   "ved",     "vi",      "vil",    "ville", "vore",  "vært", "å"};

constexpr std::array<std::string_view, 92> kPortuguese = {
    "a",     "ao",     "aos",   "as",    "até",   "com",   "como",  "da",     "das",   "de",    "dela",  "dele",
    "deles", "depois", "do",    "dos",   "e",     "ela",   "elas",  "ele",    "eles",  "em",    "entre", "era",
    "essa",  "esse",   "esta",  "estas", "este",  "estes", "está",  "eu",     "foi",   "foram", "há",    "isso",
    "isto",  "já",     "lhe",   "mais",  "mas",   "me",    "mesmo", "meu",    "minha", "muito", "na",    "nas",
    "nem",   "no",     "nos",   "nossa", "nosso", "num",   "numa",  "não",    "nós",   "o",     "os",    "ou",
    "para",  "pela",   "pelas", "pelo",  "pelos", "por",   "qual",  "quando", "que",   "quem",  "se",    "sem",
    "ser",   "seu",    "seus",  "sua",   "suas",  "são",   "só",    "também", "te",    "tem",   "ter",   "teu",
    "tu",    "tua",    "um",    "uma",   "você",  "à",     "às",    "é"};

constexpr std::array<std::string_view, 121> kRomanian = {
    "a",     "acea",   "aceasta", "această", "aceea",   "acei",    "aceia",  "acel",  "acela", "acele", "acelea",
    "acest", "acesta", "aceste",  "acestea", "acestei", "acestui", "acești", "ai",    "al",    "ale",   "alt",
    "alta",  "am",     "ar",      "are",     "au",      "avea",    "aș",     "așa",   "ca",    "care",  "ce",
    "cea",   "cei",    "cel",     "cele",    "celor",   "cine",    "cu",     "cum",   "când",  "da",    "dacă",
    "dar",   "de",     "deci",    "decât",   "despre",  "din",     "după",   "e",     "ea",    "ei",    "el",
    "ele",   "era",    "este",    "eu",      "fi",      "fie",     "fost",   "fără",  "i",     "iar",   "ii",
    "il",    "la",     "le",      "li",      "lor",     "lui",     "mai",    "mea",   "mei",   "mele",  "meu",
    "mi",    "mult",   "multe",   "ne",      "noi",     "nostru",  "nu",     "o",     "ori",   "pe",    "pentru",
    "peste", "pot",    "prin",    "s",       "sa",      "sale",    "sau",    "se",    "si",    "sunt",  "să",
    "său",   "toate",  "tot",     "toți",    "un",      "una",     "unde",   "unei",  "unor",  "unui",  "va",
    "voi",   "vor",    "vă",      "îi",      "îl",      "în",      "într",   "între", "întru", "și",    "ți"};

constexpr std::array<std::string_view, 104> kRussian = {
    "а",    "без",  "более", "бы",    "был",  "была",   "были",  "было",  "быть",  "в",      "вам",   "вас",  "весь",
    "во",   "вот",  "все",   "всего", "всех", "вы",     "где",   "да",    "даже",  "для",    "до",    "его",  "ее",
    "ей",   "если", "есть",  "еще",   "же",   "за",     "здесь", "и",     "из",    "или",    "им",    "их",   "к",
    "как",  "ко",   "когда", "кто",   "ли",   "либо",   "мне",   "может", "мы",    "на",     "надо",  "наш",  "не",
    "него", "нее",  "нет",   "ни",    "них",  "но",     "ну",    "о",     "об",    "однако", "он",    "она",  "они",
    "оно",  "от",   "очень", "по",    "под",  "при",    "с",     "со",    "так",   "также",  "такой", "там",  "те",
    "тем",  "то",   "того",  "тоже",  "той",  "только", "том",   "ты",    "у",     "уже",    "хотя",  "чего", "чей",
    "чем",  "что",  "чтобы", "чье",   "чья",  "эта",    "эти",   "это",   "этого", "этой",   "этом",  "этот", "я"};

constexpr std::array<std::string_view, 94> kSpanish = {
    "a",        "al",      "algo",    "algunas", "algunos", "ante",    "antes", "como", "con",   "contra", "cual",
    "cuando",   "de",      "del",     "desde",   "donde",   "durante", "e",     "el",   "ella",  "ellas",  "ellos",
    "en",       "entre",   "era",     "es",      "esa",     "ese",     "eso",   "esta", "este",  "esto",   "estos",
    "está",     "están",   "fue",     "ha",      "hasta",   "hay",     "la",    "las",  "le",    "les",    "lo",
    "los",      "me",      "mi",      "mis",     "mucho",   "muchos",  "muy",   "más",  "ni",    "no",     "nos",
    "nosotros", "nuestra", "nuestro", "o",       "os",      "otra",    "otros", "para", "pero",  "poco",   "por",
    "porque",   "que",     "quien",   "se",      "sea",     "ser",     "si",    "sin",  "sobre", "son",    "su",
    "sus",      "también", "tanto",   "te",      "tiene",   "todo",    "todos", "tu",   "tus",   "un",     "una",
    "uno",      "unos",    "y",       "ya",      "yo",      "él"};

constexpr std::array<std::string_view, 101> kSwedish = {
    "alla",   "allt",   "att",    "av",    "bara",  "blev",   "bli",    "blir", "de",    "dem",  "den",   "denna",
    "deras",  "dess",   "dessa",  "det",   "detta", "dig",    "din",    "du",   "där",   "då",   "efter", "ej",
    "eller",  "en",     "er",     "ett",   "finns", "från",   "för",    "ha",   "hade",  "han",  "hans",  "har",
    "henne",  "hennes", "hon",    "honom", "hur",   "här",    "i",      "icke", "ingen", "inom", "inte",  "jag",
    "kan",    "kom",    "kommer", "kunde", "man",   "med",    "mellan", "men",  "mig",   "min",  "mot",   "mycket",
    "ni",     "nu",     "när",    "någon", "något", "några",  "och",    "om",   "oss",   "på",   "samma", "sedan",
    "sig",    "sin",    "sina",   "sitt",  "själv", "ska",    "skulle", "som",  "så",    "till", "under", "upp",
    "ut",     "utan",   "vad",    "var",   "vara",  "varför", "varje",  "vars", "vem",   "vi",   "vid",   "vilka",
    "vilken", "vill",   "än",     "är",    "över"};

constexpr std::array<std::string_view, 91> kTurkish = {
    "acaba", "ama",    "ancak",  "aslında", "az",    "bana",  "bazı",   "belki", "ben",   "benim",  "beri",   "bile",
    "bir",   "biri",   "birkaç", "birçok",  "biz",   "bizim", "bu",     "buna",  "bunu",  "bunun",  "burada", "böyle",
    "da",    "daha",   "de",     "defa",    "değil", "diye",  "dolayı", "en",    "gibi",  "göre",   "hem",    "henüz",
    "hep",   "hepsi",  "her",    "hiç",     "ile",   "ise",   "için",   "işte",  "kadar", "karşı",  "kendi",  "kez",
    "ki",    "kim",    "mi",     "mu",      "mü",    "mı",    "nasıl",  "ne",    "neden", "nerede", "niye",   "o",
    "olan",  "olarak", "oldu",   "olduğu",  "olmak", "olsa",  "olur",   "onlar", "onun",  "orada",  "oysa",   "sadece",
    "sanki", "sen",    "siz",    "sonra",   "tüm",   "ve",    "veya",   "ya",    "yani",  "yine",   "yok",    "zaten",
    "çok",   "çünkü",  "öyle",   "üzere",   "şey",   "şu",    "şöyle"};

using Words = std::span<const std::string_view>;

// In the order of Language.
constexpr std::array<Words, kLanguages> kWords = {Words(),  kDanish,    kDutch,   kEnglish,   kFinnish,    kFrench,
                                                  kGerman,  kHungarian, kItalian, kNorwegian, kPortuguese, kRomanian,
                                                  kRussian, kSpanish,   kSwedish, kTurkish};

static_assert(std::all_of(kWords.begin(), kWords.end(),
                          [](Words words) { return std::is_sorted(words.begin(), words.end()); }));

}  // namespace

std::span<const std::string_view> stop_words(Language language) { return kWords[static_cast<std::size_t>(language)]; }

}  // namespace magpie
