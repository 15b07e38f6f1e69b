import CharacterEncoding

/// Turns bytes of unknown encoding into text: the whole of it and as it was written, or an error.
///
/// What says its encoding for sure is believed (a mark, well-formed UTF-8). Else each encoding that
/// documents come in is tried, strictly, and the text that reads most like writing is taken; a
/// page's own word and the detector's opinion count, but not against what they make of the bytes.
enum TextDecoding {
    /// The text; throws `.garbled` where no encoding makes sense of the bytes, or they were
    /// damaged before, and `.unsupported` where they are no text at all.
    static func decode(_ bytes: [UInt8]) throws(DocumentTextError) -> String {
        let text: String
        if let marked = try marked(bytes) { text = marked } else { text = try unmarked(bytes) }
        try DamagedText.check(text)
        return normalisedNewlines(text)
    }

    /// What a tool prints, which is UTF-8 by its options.
    static func ofTool(_ bytes: [UInt8]) -> String {
        normalisedNewlines(String(decoding: bytes, as: UTF8.self))
    }

    /// The bytes of an XML part as UTF-8; without a mark of UTF-16 they are (XML 1.0, 4.3.3).
    static func ofPart(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 2, bytes[0] >= 0xFE, bytes[1] >= 0xFE, bytes[0] != bytes[1] else {
            return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        }
        let isLittle = bytes[0] == 0xFF
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    // MARK: Encodings that show themselves

    private static let marks: [(mark: [UInt8], charset: Charset)] = [
        ([0xEF, 0xBB, 0xBF], Charset("UTF-8")),
        ([0xFF, 0xFE, 0, 0], Charset("UTF-32LE")), ([0, 0, 0xFE, 0xFF], Charset("UTF-32BE")),
        ([0xFF, 0xFE], Charset("UTF-16LE")), ([0xFE, 0xFF], Charset("UTF-16BE")),
    ]

    /// Text that begins with a byte order mark.
    private static func marked(_ bytes: [UInt8]) throws(DocumentTextError) -> String? {
        guard let (mark, charset) = marks.first(where: { bytes.starts(with: $0.mark) }) else {
            return nil
        }
        let rest = Array(bytes.dropFirst(mark.count))
        do throws(CharsetError) {
            return try charset.decode(rest)
        } catch {
            throw invalid(rest, in: charset, error)
        }
    }

    private static func unmarked(_ bytes: [UInt8]) throws(DocumentTextError) -> String {
        let hasControls = bytes.contains { $0 < 0x20 && !textControls.contains($0) }
        if let text = String(validating: bytes, as: UTF8.self) {
            // Japanese mail's encoding is ASCII with escapes (RFC 1468).
            if bytes.contains(0x1B), let text = try? Charset("ISO-2022-JP").decode(bytes) {
                return text
            }
            // UTF-16 of some scripts is well-formed UTF-8, with bytes that no text holds.
            guard hasControls else { return text }
            return try likeliest(of: utf16, bytes) ?? text
        }
        if !bytes.contains(0), isMostlyUTF8(bytes) {
            throw invalid(bytes, in: Charset("UTF-8"), nil)
        }
        // No other encoding has bytes of zero.
        let candidates = bytes.contains(0) ? utf16 : EncodingCandidate.all
        if let text = try likeliest(of: candidates, bytes) { return text }
        if hasControls { throw .unsupported(kind: "of an unknown binary kind") }
        throw .garbled(
            detail: "its encoding is not known. Save it as UTF-8 and add it again.")
    }

    /// Line ends, tabs, form feeds and the escapes of ISO-2022.
    private static let textControls: Set<UInt8> = [0x09, 0x0A, 0x0C, 0x0D, 0x1A, 0x1B]

    private static let utf16 = EncodingCandidate.all.filter { $0.charset.name.hasPrefix("UTF-16") }

    /// Whether most of what is not ASCII is well-formed UTF-8, so that a few bytes are just wrong.
    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        var wrong = 0
        var right = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where !scalar.isASCII {
            if scalar == "\u{FFFD}" { wrong += 1 } else { right += 1 }
        }
        return right > wrong
    }

    // MARK: Encodings that have to be found out

    /// Text below this reads like noise.
    private static let leastPlausibility = 0.5
    /// How much better than others' a text is in the encoding that its page names, and in the one
    /// that the detector takes it for; of a few letters the detector knows little.
    private static let declaredBonus = 0.3
    private static let guessedBonus = (long: 0.25, short: 0.08)
    private static let lettersForGuess = 12
    /// Encodings as near as this to the likeliest may be meant, too: what the sample leaves open,
    /// the rest of the text may tell.
    private static let doubt = 0.1

    private static func likeliest(
        of candidates: [EncodingCandidate], _ bytes: [UInt8]
    ) throws(DocumentTextError) -> String? {
        let sample = EncodingSample(bytes)
        let guess = Charset.guess(sample.bytes)
        let declared = DeclaredCharset.find(in: bytes)
        var ranked: [(likelihood: Double, charset: Charset)] = []
        for candidate in candidates {
            let piece = candidate.unitBytes > 1 ? sample.units(candidate.unitBytes) : sample.bytes
            // What is no text in an encoding was not written in it.
            guard let text = try? candidate.charset.decode(piece) else { continue }
            let plausibility = Plausibility(text).score
            guard plausibility >= leastPlausibility else { continue }
            var likelihood = plausibility + candidate.prior
            if candidate.charset == declared { likelihood += declaredBonus }
            if candidate.charset == guess {
                let letters = text.unicodeScalars.count { $0.properties.isAlphabetic }
                let isLong = letters >= lettersForGuess
                likelihood += isLong ? guessedBonus.long : guessedBonus.short
            }
            ranked.append((likelihood, candidate.charset))
        }
        ranked.sort { $0.likelihood > $1.likelihood }
        guard let best = ranked.first else { return nil }
        var problem: DocumentTextError?
        for (likelihood, charset) in ranked where best.likelihood - likelihood <= doubt {
            do throws(CharsetError) {
                return try charset.decode(bytes)
            } catch {
                // The sample was fine: something further on is not.
                problem = problem ?? invalid(bytes, in: charset, error)
            }
        }
        throw problem ?? invalid(bytes, in: best.charset, nil)
    }

    private static func invalid(
        _ bytes: [UInt8], in charset: Charset, _ error: CharsetError?
    ) -> DocumentTextError {
        var position = "some of it"
        var offset: Int?
        if case .invalid(let found) = error { offset = found }
        if error == nil, case .failure(.invalid(let found)) = Result(charset, bytes) {
            offset = found
        }
        if let offset, !charset.name.hasPrefix("UTF-16") {
            position = "line \(bytes.prefix(offset).count { $0 == 0x0A } + 1)"
        }
        return .garbled(
            detail: "\(position) is no text in \(charset), as the rest is. "
                + "Correct that, or save all of it as UTF-8, and add it again.")
    }

    // MARK: Lines

    private static func normalisedNewlines(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        // One Character "\r\n" must not hide a line's end: work on scalars.
        var scalars = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" && previous == "\r" {
                // The "\r" has already become a "\n".
            } else if scalar == "\r" {
                scalars.append("\n")
            } else {
                scalars.append(scalar)
            }
            previous = scalar
        }
        return String(scalars)
    }
}

extension Result where Success == String, Failure == CharsetError {
    fileprivate init(_ charset: Charset, _ bytes: [UInt8]) {
        self = Result { () throws(CharsetError) in try charset.decode(bytes) }
    }
}
