import Configuration
import Console
import Conversation
import HTTPClient
import Operations

/// Tells why a message was answered as it was, and what would be found for it today.
enum WhyCommand: Command {
    static let specification = ArgumentSpecification(
        "parley why", words: "MESSAGE-ID",
        summary: "Tells why a message was answered as it was: the passages as they were then with "
            + "their scores, the prompt's version, model, tools and checks, and, where a console "
            + "runs, what would be found today.",
        options: [
            .flag("prompt", "shows what the model was asked and answered, in full"),
            .flag("json", "prints JSON"),
        ] + LogOptions.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError(
                specification.command, "name one message (its wamid) or one record's id")
        }
        let id = arguments.words[0]
        return try await LogOptions(specification.command, arguments).withRecords {
            log, envelope, keys in
            let trace = MessageTrace(log, by: envelope, keys: keys)
            guard let reasons = try await trace.reasons(of: id, at: SystemClock.milliseconds())
            else {
                Terminal.complain("parley: the log holds no record with the id \(id)")
                return 1
            }
            var report = AnswerReport(reasons)
            report.today = await today(reasons, arguments)
            guard !arguments.has("json") else {
                Terminal.say(json: try RecordCodec.encode(report))
                return 0
            }
            Terminal.say(report: text(report, showsPrompt: arguments.has("prompt")))
            return 0
        }
    }

    /// What the questions find now; `nil` where no console answers.
    private static func today(
        _ reasons: AnswerReasons, _ arguments: Arguments
    ) async -> [AnswerReport.Today]? {
        do {
            let console = try ConsoleClient(arguments)
            return try await AnswerReport.today(of: reasons) { tenant, query, limit in
                let path =
                    ConsoleClient.path("tenants", tenant.rawValue, "search")
                    + "?q=\(APIClient.escaped(query))&limit=\(limit)"
                return try await console.call(.get, path, as: FoundPassages.self).passages
            }
        } catch {
            // The log tells of then without a console.
            return nil
        }
    }

    /// The reasons for people.
    static func text(_ report: AnswerReport, showsPrompt: Bool) -> String {
        let reasons = report.then
        var lines = [
            "message \(reasons.message)  tenant \(reasons.tenant)  key \(reasons.conversation)"
        ]
        let asked = reasons.questions.filter { !$0.query.isEmpty }
        for question in asked {
            lines.append("looked for: \(question.query)  (\(question.search))")
            if let answerability = question.answerability {
                lines.append(
                    "  answerable: \(answerability.probability) \(answerability.zone.rawValue) "
                        + "(\(answerability.coefficients))")
            }
            if let problem = question.searchProblem { lines.append("  \(problem)") }
            lines += question.passages.map(line)
            let today = report.today?.first { $0.message == question.message }
            guard let today else { continue }
            lines.append("  today:")
            let then = Set(question.passages.map(\.contentHash))
            for passage in today.passages {
                let mark = then.contains(passage.contentHash) ? "same" : "new "
                let place = ([passage.document] + passage.headings).joined(separator: " > ")
                lines.append("    \(mark) \(passage.score)  \(place)")
            }
        }
        lines += provenance(reasons)
        for call in reasons.calls {
            lines.append("call \(call.name) in \(call.milliseconds) ms")
            guard showsPrompt else { continue }
            if let asked = call.asked { lines.append("  asked: \(asked)") }
            if let answered = call.answered { lines.append("  answered: \(answered)") }
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ passage: AnswerReasons.Found) -> String {
        let place = ([passage.document] + passage.headings).joined(separator: " > ")
        let version = passage.version.map { " version \($0)" } ?? ""
        let page = passage.page.map { " page \($0)" } ?? ""
        let scores = [
            "\(passage.score)", passage.similarity.map { "cosine \($0)" },
            passage.overlap.map { "words \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        let text = passage.text.prefix(120).replacing("\n", with: " ")
        return "  \(passage.isCited ? "*" : " ") \(scores)  \(place)\(version)\(page): \(text)"
    }

    private static func provenance(_ reasons: AnswerReasons) -> [String] {
        var lines = ["\(reasons.outcome ?? "nothing was proposed yet"): \(reasons.text ?? "")"]
        if let asked = reasons.followUp { lines.append("asked below it: \(asked)") }
        guard let provenance = reasons.provenance else { return lines }
        lines.append("model \(provenance.model)")
        if let prompt = provenance.prompt {
            lines.append("prompt \(prompt) \(provenance.promptHash ?? "")")
        }
        if let tokens = provenance.promptTokens {
            lines.append("tokens \(tokens) read, \(provenance.completionTokens ?? 0) written")
        }
        if let fallback = provenance.fallback {
            lines.append("the built-in answerer stood in: \(fallback.rawValue)")
        }
        if let tools = provenance.tools { lines.append("tools \(tools.joined(separator: ", "))") }
        for check in provenance.checks ?? [] {
            lines.append("check \(check.verdict.rawValue)\(check.problem.map { ": \($0)" } ?? "")")
            if let answer = check.answer { lines.append("  held back: \(answer)") }
        }
        return lines
    }
}
