/// Text from outside as a terminal may show it: the one place that decides what is harmless.
///
/// What customers write reaches the terminals of those who run Parley. A control character of it
/// would move the cursor, clear the screen or answer for the keyboard (ECMA-48), a line break would
/// forge a line of ours, and an override of the writing direction would show other words than
/// there are (Unicode, UAX #9, "Trojan Source").
package enum VisibleText {
    /// The text as one line: line breaks become `⏎`, tabs a space, other controls their code.
    package static func line(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        var shown = ""
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            if scalar == "\n", previous == "\r" { continue }
            append(scalar, to: &shown)
        }
        return shown
    }

    /// Whether a text holds nothing but what can be shown as it is.
    package static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !isHazardous($0) }
    }

    /// Whether there is nothing to see in a text: white space, marks without a width, characters
    /// that no font shows.
    package static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return true }
            switch properties.generalCategory {
            case .control, .format: return true
            // Braille without a dot, and half a pair that was cut off: nothing was said with it.
            default: return scalar == "\u{2800}" || scalar == "\u{fffd}"
            }
        }
    }

    /// A name as it may stand within a line of ours: without controls, and without the marks that
    /// would turn around what stands beside it; `nil` if nothing is left to see.
    package static func name(_ name: String) -> String? {
        let kept = String(
            String.UnicodeScalarView(
                name.unicodeScalars.filter { scalar in
                    // Joiners within emoji and words of Persian or Hindi have a meaning.
                    scalar == "\u{200d}" || scalar == "\u{200c}"
                        || !isHazardous(scalar) && !hasNoWidth(scalar)
                }))
        return isBlank(kept) ? nil : kept
    }

    private static func hasNoWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xad, 0x200b, 0x2060...0x2064, 0xfeff: true
        default: false
        }
    }

    /// JSON whose strings hold nothing that a terminal obeys.
    ///
    /// It is escaped as JSON may be, so that it means the same; what stands between its values
    /// stays.
    package static func json(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !isPlain(text) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || !isHazardous(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                // All of them are in the basic plane: one escape.
                let digits = String(scalar.value, radix: 16)
                shown += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return shown
    }

    private static func append(_ scalar: Unicode.Scalar, to shown: inout String) {
        guard isHazardous(scalar) else { return shown.unicodeScalars.append(scalar) }
        switch scalar {
        case "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}": shown += "⏎"
        case "\t": shown += " "
        // Marks that only arrange what is beside them.
        case "\u{200e}", "\u{200f}", "\u{61c}": break
        default: shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    /// Controls of both sets, breaks of lines and paragraphs, and what sets the direction.
    private static func isHazardous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e: false
        case ..<0xa0: true
        case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        // Interlinear marks hide what stands between them.
        case 0xfff9...0xfffb: true
        default: false
        }
    }
}
