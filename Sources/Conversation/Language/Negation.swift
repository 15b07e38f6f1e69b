/// Tells whether a text denies something: "not", "never", "without", and words such as "closed"
/// and "except" that say the same.
///
/// Compared between an answer and what it rests on, so a language's commonest words do.
package enum Negation {
    /// Whether the text, which is in a language or in an unknown one, denies something; a mere
    /// "No," that answers a question does not count.
    package static func isDenied(_ text: String, in language: String?) -> Bool {
        let denials = language.flatMap { byLanguage[$0] } ?? any
        var words = Words.of(text)
        // "No, we open at nine." says yes to something else.
        if let first = words.first, answers.contains(first), opensWithMark(text) {
            words.removeFirst()
        }
        let pairs = zip(words, words.dropFirst())
        let isDenied =
            unspaced.contains { text.contains($0) }
            || words.contains { isDenial($0, denials) || isTurkish($0, language) }
            || pairs.contains { isContracted($0, $1) }
        // "Not closed" is open.
        return isDenied && !pairs.contains { denials.contains($0) && closed.contains($1) }
    }

    private static func isDenial(_ word: String, _ denials: Set<String>) -> Bool {
        denials.contains(word) || closed.contains(word)
    }

    /// Turkish denies within the verb: açmıyoruz, açılmaz.
    private static func isTurkish(_ word: String, _ language: String?) -> Bool {
        language == "tr" && word.count > 5 && turkish.contains { word.hasSuffix($0) }
    }

    /// `don't`, whose mark splits words.
    private static func isContracted(_ left: String, _ right: String) -> Bool {
        right == "t" && left.last == "n" && left.count > 2
    }

    /// Whether what follows the first word is a mark, not another word.
    private static func opensWithMark(_ text: String) -> Bool {
        let rest = text.drop { !$0.isLetter }.drop { $0.isLetter }
        return rest.first.map { ",.!:;–—،，。、".contains($0) } ?? true
    }

    private static let answers: Set<String> = folded(
        """
        no non nein nee nao não nie nej nu нет ні ні hayır tidak không όχι לא لا नहीं
        """)

    /// Words of one language are often others of another: Portuguese `no` is "in the".
    private static let byLanguage: [String: Set<String>] = [
        "en": "not no never none nothing cannot neither nor without except unable nobody nowhere",
        "es": "no nunca jamás nada ningún ninguna ninguno tampoco sin excepto salvo ni",
        "pt": "não nunca nenhum nenhuma nada sem exceto nem",
        "fr": "ne pas jamais aucun aucune rien ni sans sauf",
        "de": """
        nicht kein keine keinen keinem keiner keines nie niemals nichts ohne außer ausser weder
        """,
        "it": "non mai nessun nessuna nessuno niente nulla senza tranne",
        "nl": "niet geen nooit niets zonder behalve",
        "pl": "nie nigdy żaden żadna żadne nic bez oprócz brak",
        "ru": "не нет ни никогда нельзя без кроме ничего",
        "uk": "не немає ні ніколи без крім нічого",
        "tr": "değil yok hariç hiç asla",
        "ar": "لا ليس ليست لن لم غير بدون عدا إلا", "fa": "نه نیست ندارد نیستند بدون",
        "hi": "नहीं न मत बिना कभी", "ur": "نہیں مت بغیر",
        "id": "tidak bukan tanpa kecuali belum jangan", "vi": "không chưa chẳng trừ",
        "sv": "inte ingen inget inga aldrig utan utom ej",
        "ro": "nu niciun nicio niciodată fără nimic", "el": "δεν μην όχι ποτέ χωρίς κανένα εκτός",
        "he": "לא אין בלי אף",
    ].mapValues { folded($0) }

    /// Those of all languages, without the few that mean something else in many.
    private static let any: Set<String> = {
        var words: Set<String> = []
        for own in byLanguage.values { words.formUnion(own) }
        return words.subtracting(folded("ne ni nu mai"))
    }()

    private static let closed: Set<String> = folded(
        """
        closed unavailable impossible forbidden cerrado cerrada cerrados cerradas fechado fechada
        fechados fermé fermée fermés fermées geschlossen chiuso chiusa chiusi chiuse gesloten
        zamknięte zamknięty zamknięta закрыт закрыта закрыто закрыты зачинено зачинений kapalı
        kapalıdır kapalıyız مغلق مغلقة बंद tutup stängt stängda închis închisă κλειστά κλειστό סגור
        סגורה prohibido prohibida proibido interdit verboten vietato verboden zakazane запрещено
        yasak ممنوع dilarang förbjudet interzis
        """)

    private static let turkish = [
        "miyor", "miyoruz", "muyor", "muyoruz", "mez", "maz", "mayiz", "meyiz",
    ]

    /// Of scripts without spaces, and of Korean, where it is part of the word.
    private static let unspaced = [
        "不", "没", "沒", "未", "無", "无", "休息", "关门", "關門", "勿", "ません", "ない", "なく", "定休", "休業",
        "閉", "않", "없", "못", "안 ", "휴무", "닫", "ไม่", "ปิด",
    ]

    private static func folded(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
    }
}
