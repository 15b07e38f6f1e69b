import Conversation
import Foundation
import OpeningHours
import Testing
import TimeZones
import ZoneDatabase

@testable import OrchestratorStage

/// What customers write, turn by turn, with the outcome of the last turn, as data.
///
/// There is one file for each kind of turn, one case a line (`Dialogues/README.md` says how).
@Suite("Dialogues")
struct DialogueTests {
    /// A line of a file.
    struct Case: Sendable, CustomTestStringConvertible {
        var line: String
        var documents: String
        var turns: [String]
        var outcome: String

        var testDescription: String { line }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Dialogues")

    static func lines(_ name: String) -> [String] {
        // A file that is missing shows as too few cases.
        let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("#") && !$0.isEmpty
        }
    }

    static func cases(_ name: String) -> [Case] {
        lines(name).compactMap { line in
            let parts = line.split(separator: "|", maxSplits: 2).map { $0.trimmingSpaces }
            guard parts.count == 3 else { return nil }
            return Case(
                line: line, documents: parts[0],
                turns: parts[1].components(separatedBy: " > "), outcome: parts[2])
        }
    }

    static let documents: [String: String] = Dictionary(
        uniqueKeysWithValues: ["en", "es", "de"].flatMap { language in
            [("shop", language), ("prices", "\(language)+prices")].map { name, key in
                // As above.
                let text = try? String(
                    contentsOf: folder.appending(path: "\(name).\(language).md"), encoding: .utf8)
                return (key, text ?? "")
            }
        })

    static func hours() throws -> OpeningHours {
        let week =
            (1...5).map {
                OpeningSchedule.Weekly(day: $0, span: DaySpan(from: 600, to: 1_140))
            } + [OpeningSchedule.Weekly(day: 6, span: DaySpan(from: 540, to: 840))]
        let christmas = try #require(CivilDate("2026-12-25"))
        let summer = try #require(CivilDate("2026-06-24"))
        return OpeningHours(
            OpeningSchedule(
                week: week, closures: [.init(date: christmas), .init(date: summer)]),
            in: try ZoneDatabase.system.rules(of: "Europe/Madrid"))
    }

    static let files = [
        "follow-ups.txt", "bursts.txt", "greetings.txt", "thanks.txt", "emoji.txt",
        "corrections.txt", "several-questions.txt", "wrong.txt", "yes-no.txt", "languages.txt",
        "hours.txt", "history.txt", "tables.txt",
    ]

    @Test("each kind of turn has at least twenty cases in three languages", arguments: files)
    func enough(file: String) {
        let cases = Self.cases(file)
        #expect(cases.count >= 20)
        #expect(Set(cases.map { $0.documents.prefix(2) }).count >= 3)
        #expect(cases.count == Self.lines(file).count)
    }

    @Test("a turn has the outcome that its case states", arguments: files.flatMap(cases))
    func turn(_ item: Case) throws {
        let prompts = try #require(PipelineWorld.prompts)
        let language = String(item.documents.prefix(2))
        var documents = ["shop.md": try #require(Self.documents[language])]
        if item.documents.hasSuffix("+prices") {
            let prices = try #require(Self.documents["\(language)+prices"])
            documents["prices.md"] = prices
        }
        let world = DialogueWorld(
            prompts, documents: documents,
            hours: item.documents.hasSuffix("+hours") ? try Self.hours() : nil)
        for turn in item.turns {
            _ = world.outcomes()
            if turn.hasPrefix("AGENT: ") {
                world.agent(says: String(turn.dropFirst(7)))
            } else if turn.hasPrefix("WAIT ") {
                world.wait(.seconds(3_600 * (Int64(turn.dropFirst(5)) ?? 0)))
            } else {
                world.write(turn.components(separatedBy: " + "))
            }
        }
        let outcomes = world.outcomes()
        for wanted in item.outcome.components(separatedBy: "; ") {
            #expect(Self.isMet(wanted, by: outcomes), "\(wanted) is not met by \(outcomes)")
        }
    }

    /// `answer WORDS`, `not WORDS`, `courtesy`, `handoff`, `silence`, `in CODE`.
    private static func isMet(_ wanted: String, by outcomes: [DialogueWorld.Outcome]) -> Bool {
        let word = String(wanted.prefix { $0 != " " })
        let rest = wanted.dropFirst(word.count).trimmingSpaces
        switch word {
        case "in": return outcomes.contains { $0.language == rest }
        case "not": return !outcomes.contains { $0.text.contains(rest) }
        case "single": return outcomes.count { $0.kind != "silence" } == 1
        default:
            return outcomes.contains { $0.kind == word && (rest.isEmpty || $0.text.contains(rest)) }
        }
    }
}
