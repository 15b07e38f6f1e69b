import Conversation

/// A phone number as people write it, read as WhatsApp does: digits with the country's code.
package enum PhoneReading {
    /// What is wrong with a number.
    package enum Problem: String, Hashable, Sendable {
        /// It is no phone number.
        case noNumber = "bad_phone"
        /// Nobody says in which country it is.
        case noCountry = "no_country_code"
    }

    /// The digits of a number; `country` is the code of those that are written without one.
    package static func digits(
        of text: String, in country: String?
    ) -> Result<String, Failure> {
        // Spreadsheets are told by an apostrophe that it is text.
        let written = text.drop { $0.isWhitespace || $0 == "'" }
        var digits = ""
        for character in TextFolding.fold(String(written)) {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if !"+()-./ \u{a0}\u{202a}\u{202c}\u{2011}\u{2013}".contains(character) {
                return .failure(Failure(.noNumber))
            }
        }
        let isWhole: Bool
        if written.first == "+" {
            isWhole = true
        } else if digits.hasPrefix("00") {
            digits.removeFirst(2)
            isWhole = true
        } else {
            isWhole = false
        }
        if !isWhole {
            guard let country else { return .failure(Failure(.noCountry)) }
            // Italy's numbers keep their zero.
            if digits.hasPrefix("0"), country != "39" { digits.removeFirst() }
            digits = country + digits
        }
        guard (8...15).contains(digits.count), digits.first != "0" else {
            return .failure(Failure(.noNumber))
        }
        return .success(digits)
    }

    /// Why there are no digits.
    package struct Failure: Error, Hashable, Sendable {
        /// What is wrong.
        package var problem: Problem

        init(_ problem: Problem) { self.problem = problem }
    }
}
