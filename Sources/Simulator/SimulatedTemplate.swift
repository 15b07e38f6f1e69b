import Endpoints
import FoundationEssentials
package import JSON

/// A template of a business, as far as WhatsApp compares it with what is sent.
package struct SimulatedTemplate: Codable, Sendable, Hashable {
    /// The business whose it is, by the control API's name.
    package var business: String
    /// The name.
    package var name: String
    /// The language, such as `en_US`.
    package var language: String
    /// WhatsApp's word: only `APPROVED` ones go out.
    package var status: String?
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    package var category: String?
    /// `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`; `nil` without a header.
    package var header: String?
    /// The words of a header of text.
    package var header_text: String?
    /// The text, with `{{1}}` or `{{name}}` where something is filled in.
    package var body: String
    /// The small line below it.
    package var footer: String?
    /// The quick replies' words.
    package var quick_replies: [String]?
    /// The page that a button opens, with `{{1}}` at its end where something is filled in.
    package var url: String?

    /// Where it is kept.
    var key: String { "\(business)/\(name)/\(language)" }

    /// What is filled in to a text: names, or numbers as words.
    static func parameters(of text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { break }
            let name = rest[..<end.lowerBound].filter { !$0.isWhitespace }
            if !name.isEmpty, !names.contains(name) { names.append(name) }
            rest = rest[end.upperBound...]
        }
        return names
    }

    /// Whether its parameters have names.
    var isNamed: Bool { Self.parameters(of: body).contains { Int($0) == nil } }

    /// The template as the Graph API lists it (WhatsApp, "Template management").
    func json(id: String) -> String {
        func quoted(_ text: String) -> String { JSONString.quoted(text) }
        var components: [String] = []
        if let header {
            let text = header_text.map { ",\"text\":\(quoted($0))" } ?? ""
            components.append("{\"type\":\"HEADER\",\"format\":\(quoted(header))\(text)}")
        }
        components.append("{\"type\":\"BODY\",\"text\":\(quoted(body))}")
        if let footer { components.append("{\"type\":\"FOOTER\",\"text\":\(quoted(footer))}") }
        var buttons = (quick_replies ?? []).map {
            "{\"type\":\"QUICK_REPLY\",\"text\":\(quoted($0))}"
        }
        if let url {
            buttons.append("{\"type\":\"URL\",\"text\":\"Open\",\"url\":\(quoted(url))}")
        }
        if !buttons.isEmpty {
            components.append(
                "{\"type\":\"BUTTONS\",\"buttons\":[\(buttons.joined(separator: ","))]}")
        }
        return "{\"name\":\(quoted(name)),\"language\":\(quoted(language))"
            + ",\"status\":\(quoted(status ?? "APPROVED"))"
            + ",\"category\":\(quoted(category ?? "UTILITY"))"
            + ",\"parameter_format\":\"\(isNamed ? "NAMED" : "POSITIONAL")\""
            + ",\"id\":\"\(id)\",\"components\":[\(components.joined(separator: ","))]}"
    }

    /// Refuses what does not fit the template (WhatsApp, "Error codes": 132000, 132012, 132015,
    /// 132016, 132001).
    func check(_ sent: JSONView) throws(GraphError) {
        switch status ?? "APPROVED" {
        case "APPROVED": break
        case "PAUSED":
            throw GraphError(132_015, "Template is paused", "its quality is low")
        case "DISABLED":
            throw GraphError(132_016, "Template is disabled", "it was paused too often")
        default:
            throw GraphError(
                132_001, "Template does not exist", "the template is not approved")
        }
        let components = sent["components"]?.elements ?? []
        func parameters(_ type: String) -> [JSONView] {
            components.filter { $0["type"]?.string?.lowercased() == type }
                .flatMap { $0["parameters"]?.elements ?? [] }
        }
        try compare(Self.parameters(of: body), parameters("body"), "body")
        let header = header ?? ""
        switch header {
        case "": try compare([], parameters("header"), "header")
        case "TEXT":
            try compare(Self.parameters(of: header_text ?? ""), parameters("header"), "header")
        default:
            let given = parameters("header")
            guard given.count == 1, given[0]["type"]?.string?.uppercased() == header else {
                throw GraphError(
                    132_012, "Parameter format does not match", "the header wants one \(header)")
            }
        }
        let wantsSuffix = url.map { !Self.parameters(of: $0).isEmpty } ?? false
        let suffixes = components.filter {
            $0["type"]?.string?.lowercased() == "button" && $0["sub_type"]?.string == "url"
        }
        guard suffixes.count == (wantsSuffix ? 1 : 0) else {
            throw GraphError(
                132_000, "Number of parameters does not match",
                "the button takes \(wantsSuffix ? "one parameter" : "none")")
        }
    }

    /// Its text as the customer reads it.
    func words(_ sent: JSONView) -> String {
        let given = (sent["components"]?.elements ?? [])
            .filter { $0["type"]?.string?.lowercased() == "body" }
            .flatMap { $0["parameters"]?.elements ?? [] }
        var text = body
        for (place, parameter) in zip(Self.parameters(of: body), given) {
            let name = parameter["parameter_name"]?.string ?? place
            text = text.replacing("{{\(name)}}", with: parameter["text"]?.string ?? "")
        }
        return text
    }

    private func compare(
        _ wanted: [String], _ given: [JSONView], _ place: String
    ) throws(GraphError) {
        guard wanted.count == given.count else {
            throw GraphError(
                132_000, "Number of parameters does not match the expected number of params",
                "\(place): number of localizable_params (\(given.count)) does not match the "
                    + "expected number of params (\(wanted.count))")
        }
        guard wanted.contains(where: { Int($0) == nil }) else {
            guard given.allSatisfy({ $0["parameter_name"] == nil }) else {
                throw GraphError(
                    132_012, "Parameter format does not match", "\(place) has no named parameters")
            }
            return
        }
        guard Set(given.map { $0["parameter_name"]?.string ?? "" }) == Set(wanted) else {
            throw GraphError(
                132_012, "Parameter format does not match",
                "\(place) wants the parameters \(wanted.joined(separator: ", "))")
        }
    }
}

extension SimulatedTemplate: Described {
    package static let schema = JSONSchema.object(
        [
            .required("business", .text("The business.", 1...100)),
            .required("name", .text("The name.", 1...512)),
            .required("language", .text("The language, such as en_US.", 2...20)),
            .optional("status", .text("Only APPROVED ones go out.", 1...40)),
            .optional("category", .text("MARKETING, UTILITY or AUTHENTICATION.", 1...40)),
            .optional(
                "header",
                .words(["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"], "What stands above.")),
            .optional("header_text", .text("The words of a header of text.", 1...60)),
            .required("body", .text("The text, with {{1}} or {{name}}.", 1...1_024)),
            .optional("footer", .text("The small line below it.", 1...60)),
            .optional("quick_replies", .list(.text("", 1...25), "Quick replies.", 0...10)),
            .optional("url", .text("The page that a button opens.", 1...2_000)),
        ], named: "Template")
}
