import Conversation
import OpeningHours
import StageRuntime
import TimeZones

/// What a prompt is filled in with, made harmless: what stands in it may be anybody's words.
extension OrchestratorStage {
    /// The prompt of the tenant that is written to: its own, or the installation's.
    func answerPrompt(_ state: Dialogue) -> PromptFile {
        state.pending.first.flatMap { ownPrompts[$0.question.tenant] } ?? prompts.answer
    }

    /// Passages as the model reads them: number, headings, text.
    static func numbered(_ passages: [RankedPassage], from first: Int) -> String {
        guard !passages.isEmpty else { return "(none)" }
        return passages.enumerated().map { index, passage in
            let above = (passage.headings + (passage.sheet.map { [$0] } ?? []))
                .joined(separator: " > ")
            let text = unmarked((above.isEmpty ? "" : "\(above): ") + passage.text)
            return "[\(first + index)] \(text)"
        }.joined(separator: "\n\n")
    }

    /// The mark around passages and question of a turn: it follows from the message's id, which is
    /// a hash under the tenant's key, so that nobody who writes can know it.
    static func fence(of state: Dialogue) -> String {
        let id = state.pending.first?.question.message.message.rawValue ?? ""
        return "~" + NameHash.hex("fence\u{1f}\(id)").prefix(10)
    }

    /// Words from outside without hidden marks, without the fence, and without what looks like the
    /// prompt's own labels.
    static func harmless(_ text: String, _ fence: String) -> String {
        unmarked(text).replacing(fence, with: "")
    }

    /// Text without hidden marks, and without lines that look like a passage's number or the
    /// prompt's own labels.
    private static func unmarked(_ text: String) -> String {
        PlainText.of(text).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { line in
                let bare = line.drop { $0 == " " || $0 == "\t" }
                if labels.contains(where: { bare.hasPrefix($0) }) { return "· \(bare)" }
                guard bare.first == "[", let close = bare.firstIndex(of: "]"),
                    bare[bare.index(after: bare.startIndex)..<close].allSatisfy(\.isNumber)
                else { return String(line) }
                return "(\(bare.dropFirst().prefix { $0 != "]" }))"
                    + bare[bare.index(after: close)...]
            }.joined(separator: "\n")
    }

    private static let labels = [
        "Passages:", "More passages:", "Question:", "Answer:", "Rules:", "Before:", "Customer:",
        "Colleague:", "You:", "System:", "SYSTEM:", "Assistant:", "User:", "system:", "assistant:",
    ]

    /// Today and the time of day where the business is, for the model; empty where that is unknown.
    static func now(_ turn: Turn, _ context: StageContext) -> String {
        guard let zone = turn.settings.hours?.opening.zone else { return "" }
        let local = zone.local(at: context.now.milliseconds / 1_000)
        let date = CivilDate(dayNumber: local.flooredQuotient(86_400))
        let names = [
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        ]
        let minutes = local.remainder(86_400) / 60
        let padded = minutes % 60 < 10 ? "0\(minutes % 60)" : "\(minutes % 60)"
        return "It is \(names[date.weekday - 1]), \(date), \(minutes / 60):\(padded)"
            + " (\(zone.name))."
    }

    /// Why an answer may not be sent in its language; `nil` where it is the one wanted, or too
    /// short to tell.
    static func wrongLanguage(of text: String, wanted: String?) -> String? {
        guard let wanted, let own = LanguageGuess.language(of: text), own != wanted,
            Words.of(text).count >= fewWords, !text.contains("HANDOFF")
        else { return nil }
        return "It is in \(languageName(own)), but should be in \(languageName(wanted))."
    }

    /// Fewer words are many languages'.
    private static let fewWords = 6

    /// A language's English name, which models know best.
    static func languageName(_ code: String?) -> String {
        let names = [
            "en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "de": "German",
            "it": "Italian", "nl": "Dutch", "pl": "Polish", "ru": "Russian", "uk": "Ukrainian",
            "tr": "Turkish", "ar": "Arabic", "hi": "Hindi", "zh": "Chinese", "ja": "Japanese",
            "ko": "Korean", "id": "Indonesian", "vi": "Vietnamese", "sv": "Swedish",
            "ro": "Romanian", "el": "Greek", "he": "Hebrew", "th": "Thai", "fa": "Persian",
            "ur": "Urdu",
        ]
        return code.flatMap { names[$0] } ?? "the customer's language"
    }
}
