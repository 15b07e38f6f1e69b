import Foundation
import PipelineTesting
import Testing

/// The search of the purge's tests finds what is there.
@Suite("Search for planted words")
struct WordSearchTests {
    private static let word = "Grüße an Zöe Quixoblort"

    @Test("finds a word in each form, wherever it begins, and no other")
    func forms() throws {
        let word = Self.word
        let bytes = Array(word.utf8)
        let search = WordSearch([word, "another word that is nowhere"])
        var texts: [[UInt8]] = [bytes]
        texts.append([UInt8](try #require(word.data(using: .utf16LittleEndian))))
        texts.append([UInt8](try #require(word.data(using: .utf16BigEndian))))
        texts.append(Array(#"Gr\u00fc\u00dfe an Z\u00f6e Quixoblort"#.utf8))
        texts.append(Array("Gr%C3%BC%C3%9Fe%20an%20Z%C3%B6e%20Quixoblort".utf8))
        texts.append(Array("Gr%c3%bc%c3%9fe+an+Z%c3%b6e+Quixoblort".utf8))
        texts.append(Array(bytes.map { String(format: "%02x", $0) }.joined().utf8))
        texts.append(Array(bytes.map { String(format: "%02X", $0) }.joined().utf8))
        for before in 0..<7 {
            let code = Data(Array("abcdefg".utf8.prefix(before)) + bytes + Array("xyz".utf8))
                .base64EncodedString()
            texts.append(Array(code.utf8))
            let safe = code.replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_")
            texts.append(Array(safe.utf8))
        }
        for (number, text) in texts.enumerated() {
            let among = Array("before".utf8) + text + Array("after".utf8)
            #expect(search.words(in: among) == [word], "form \(number)")
        }
        #expect(search.words(in: Array("Grüße an Zöe Quixoblor".utf8)).isEmpty)
        #expect(search.words(in: []).isEmpty)
    }

    @Test("finds a planted leak in a file below a folder")
    func planted() throws {
        let folder = try TemporaryFolder()
        let below = folder.path + "/a/b"
        try FileManager.default.createDirectory(
            atPath: below, withIntermediateDirectories: true)
        try Data("no such word".utf8).write(to: URL(filePath: folder.path + "/a/c"))
        let search = WordSearch([Self.word])
        #expect(try search.found(in: [folder.path]) == [])
        try Data(Data(Self.word.utf8).base64EncodedData()).write(to: URL(filePath: below + "/d"))
        #expect(try search.found(in: [folder.path]) == ["\(Self.word) in \(below)/d"])
    }
}
