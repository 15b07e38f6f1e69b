// What is filled in to a template, compared with it before WhatsApp does.

extension MessageTemplate {
    /// What WhatsApp would refuse about a filled-in template; empty if it may be sent.
    package func problems(of message: TemplateMessage) -> [ContentProblem] {
        var check = ContentCheck()
        if !isApproved {
            check.add(
                "template.name", .notAllowed,
                "the template \(name) is \(status.lowercased()) at WhatsApp: only approved ones go "
                    + "out")
        }
        check.fill(
            Self.places(in: parts.body), message.parameters, "template.parameters", "the text")
        checkHeader(message.header, &check)
        for (index, button) in parts.buttons.enumerated() {
            let isFilled = message.buttons.contains { $0.index == index }
            if button.takesParameter, !isFilled {
                check.add(
                    "template.buttons", .empty,
                    "button \(index + 1), “\(button.text)”, needs something filled in")
            }
        }
        for button in message.buttons where !parts.buttons.indices.contains(button.index) {
            check.add(
                "template.buttons", .outOfRange, "the template has no button \(button.index + 1)")
        }
        return check.problems
    }

    private func checkHeader(_ header: TemplateHeader?, _ check: inout ContentCheck) {
        let field = "template.header"
        guard let own = parts.header else {
            if header != nil { check.add(field, .notAllowed, "the template has no header") }
            return
        }
        switch (own.format, header) {
        case ("TEXT", .text(let parameter)?):
            check.fill(Self.places(in: own.text ?? ""), [parameter], field, "the header")
        case ("TEXT", nil): check.fill(Self.places(in: own.text ?? ""), [], field, "the header")
        case ("IMAGE", .image?), ("VIDEO", .video?), ("DOCUMENT", .document?),
            ("LOCATION", .location?):
            break
        case (let format, nil):
            check.add(field, .empty, "the template's header needs a \(format.lowercased())")
        case (let format, _?):
            check.add(field, .notAllowed, "the template's header is a \(format.lowercased())")
        }
    }

    /// The text of a filled-in template, as the customer reads it; what is not filled in stays as
    /// it is.
    package func text(of message: TemplateMessage) -> String {
        var text = parts.body
        for (index, place) in Self.places(in: parts.body).enumerated() {
            let words =
                message.parameters.first { $0.name == place }?.text
                ?? (message.parameters.indices.contains(index)
                    && message.parameters[index].name == nil
                    ? message.parameters[index].text : nil)
            guard let words else { continue }
            for form in ["{{\(place)}}", "{{ \(place) }}"] {
                text = text.replacing(form, with: words)
            }
        }
        return text
    }

    /// The template of a name for a customer's language: that language, another form of it, then
    /// the business's own, then English; only what is approved, unless nothing is.
    package static func choose(
        _ name: String, in languages: [String], among templates: [MessageTemplate]
    ) -> MessageTemplate? {
        let named = templates.filter { $0.name == name }.sorted { $0.language < $1.language }
        let approved = named.filter(\.isApproved)
        let candidates = approved.isEmpty ? named : approved
        for wanted in languages + ["en"] {
            let form = wanted.replacing("-", with: "_").lowercased()
            if let exact = candidates.first(where: { $0.language.lowercased() == form }) {
                return exact
            }
            let base = form.prefix { $0 != "_" }
            let kin = candidates.first { $0.language.lowercased().prefix { $0 != "_" } == base }
            if let kin { return kin }
        }
        return candidates.first
    }
}

extension ContentCheck {
    /// What is filled in to the places of a text: all of them, by name or in their order.
    fileprivate mutating func fill(
        _ places: [String], _ parameters: [TemplateParameter], _ field: String, _ what: String
    ) {
        let isNamed = places.contains { Int($0) == nil }
        guard isNamed else {
            if parameters.contains(where: { $0.name != nil }) {
                add(field, .notAllowed, "\(what) has no places with names")
            }
            if places.count != parameters.count {
                add(
                    field, places.count > parameters.count ? .empty : .tooMany,
                    "\(what) has \(places.count) places to fill in, and \(parameters.count) are")
            }
            return
        }
        let names = Set(parameters.compactMap(\.name))
        for place in places where !names.contains(place) {
            add(field, .empty, "\(what) needs “\(place)” filled in")
        }
        for name in names.subtracting(places).sorted() {
            add(field, .notAllowed, "\(what) has no place “\(name)”")
        }
        if parameters.contains(where: { $0.name == nil }) {
            add(field, .mixedParameters, "\(what) has places with names: each needs its own")
        }
    }
}
