/// Keys that write nothing, by the names that pages know them by (UI Events KeyboardEvent key
/// Values), as WebDriver's characters for them (section 15.4.2, keyboard actions).
enum Key {
    /// The key that is held down for a shortcut.
    static let control = "\u{E009}"

    private static let named = [
        "Backspace": "\u{E003}", "Tab": "\u{E004}", "Enter": "\u{E007}", "Escape": "\u{E00C}",
        "PageUp": "\u{E00E}", "PageDown": "\u{E00F}", "End": "\u{E010}", "Home": "\u{E011}",
        "ArrowLeft": "\u{E012}", "ArrowUp": "\u{E013}", "ArrowRight": "\u{E014}",
        "ArrowDown": "\u{E015}", "Delete": "\u{E017}",
    ]

    /// The key of a name, or of the character that it writes.
    static func named(_ name: String) throws -> String {
        if let key = named[name] { return key }
        guard name.count == 1 else { throw BrowserError("there is no key \(name)") }
        return name
    }

    /// The keys that write a text.
    static func writing(_ text: String) -> [String] {
        // The key of a keyboard for a new line is the one named Enter.
        text.map { $0.isNewline ? "\u{E007}" : String($0) }
    }
}
