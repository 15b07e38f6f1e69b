/// Numbers that are written as words: `nueve` is 9.
package enum NumberWords {
    /// The value of a folded word in a language, from 2 on: 1 is an article in most.
    package static func value(of word: String, in language: String?) -> Int? {
        language.flatMap { byLanguage[$0]?[word] }
    }

    private static let byLanguage: [String: [String: Int]] = lists.mapValues { list in
        var values: [String: Int] = [:]
        let words = list.split(separator: " ").map { TextFolding.fold(String($0)) }
        for (word, value) in zip(words, ordered) where word != "-" { values[word] = value }
        return values
    }

    private static let ordered = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 30, 40, 50, 100]

    /// In the order of the values; `-` where the word means something else too.
    private static let lists: [String: String] = [
        "en": """
        two three four five six seven eight nine ten eleven twelve twenty thirty forty \
        fifty hundred
        """,
        "es": """
        dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta \
        cincuenta cien
        """,
        "pt": """
        dois três quatro cinco seis sete oito nove dez onze doze vinte trinta quarenta \
        cinquenta cem
        """,
        "fr": """
        deux trois quatre cinq six sept huit - dix onze douze vingt trente quarante \
        cinquante cent
        """,
        "de": """
        zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig \
        fünfzig hundert
        """,
        "it": """
        due tre quattro cinque - sette otto nove dieci undici dodici venti trenta quaranta \
        cinquanta cento
        """,
        "nl": """
        twee drie vier vijf zes zeven acht negen tien elf twaalf twintig dertig veertig \
        vijftig honderd
        """,
        "pl": """
        dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście \
        dwadzieścia trzydzieści czterdzieści pięćdziesiąt sto
        """,
        "ru": """
        два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать \
        двадцать тридцать сорок пятьдесят сто
        """,
        "sv": """
        två tre fyra fem sex sju åtta nio tio elva tolv tjugo trettio fyrtio femtio hundra
        """,
    ]
}
