/// What a mail says, as text and as HTML.
enum MailText {
    /// The parts as plain text, divided by empty lines.
    static func text(of parts: [Mail.Part]) -> String {
        let blocks = parts.map { part in
            switch part {
            case .paragraph(let text): text
            case .link(let label, let url): "\(label):\n\(url)"
            case .code(let code): "    \(code)"
            case .note(let text): "-- \n\(text)"
            }
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// The parts as HTML that mail programs of any age show: styles inside, nothing fetched.
    static func html(of mail: Mail) -> String {
        let language = escaped(mail.language)
        let direction = mail.isRightToLeft ? "rtl" : "ltr"
        let body = mail.parts.map(html).joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="\(language)" dir="\(direction)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(escaped(mail.subject))</title></head>
            <body style="margin:0;padding:24px;background:#f4f5f7;color:#1b1f24;\
            font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
            <div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff;\
            border-radius:12px">
            \(body)
            </div></body></html>

            """
    }

    private static func html(_ part: Mail.Part) -> String {
        switch part {
        case .paragraph(let text): "<p style=\"margin:0 0 16px\">\(lines(text))</p>"
        case .link(let label, let url):
            """
            <p style="margin:0 0 16px"><a href="\(escaped(url))" style="display:inline-block;\
            padding:12px 20px;border-radius:8px;background:#0b6e4f;color:#ffffff;\
            text-decoration:none">\(escaped(label))</a></p>
            <p style="margin:0 0 16px;font-size:13px;word-break:break-all">\(escaped(url))</p>
            """
        case .code(let code):
            """
            <p style="margin:0 0 16px;font:600 24px/1.4 ui-monospace,monospace;\
            letter-spacing:2px" dir="ltr">\(escaped(code))</p>
            """
        case .note(let text):
            """
            <p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #d8dce2;\
            font-size:13px;color:#59636e">\(lines(text))</p>
            """
        }
    }

    private static func lines(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { escaped(String($0)) }.joined(separator: "<br>")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
