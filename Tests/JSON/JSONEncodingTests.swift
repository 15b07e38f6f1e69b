import Foundation
import Testing

@testable import JSON

/// Holds our JSON to Foundation's, byte for byte.
@Suite("Writing JSON")
struct JSONEncodingTests {
    /// A text alone.
    struct Name: Codable, Equatable {
        var text: String

        init(text: String) { self.text = text }
        init(from decoder: any Decoder) throws {
            text = try decoder.singleValueContainer().decode(String.self)
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// Any shape that a value may have.
    indirect enum Shape: Codable, Equatable {
        case nothing
        case yes(Bool)
        case text(String)
        case integer(Int64)
        case number(Double)
        case float(Float)
        case list([Shape])
        case fields([String: Shape])
        case pair(left: Shape, right: Shape?)
        case record(Box)

        enum Kind: String, Codable { case first, second }

        struct Box: Codable, Equatable {
            var zulu: String?
            var alpha: [Int]
            var mike: [String: [Double]]
            var id: Name
            var at: Int64
            var words: [String?]
            var small: [UInt8]
            var inner: [Shape]
            var kind: Kind
        }
    }

    private static let texts = [
        "", "a", "naïve café", "\"quoted\" \\ /slash/",
        "line\nbreak\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f}",
        "👩‍👩‍👧 emoji", "हिन्दी", "e\u{301}", "\u{2028}", "名前", "a.b", "A", "_x", "!", "\"", "Z\\",
        String(repeating: "long text, ", count: 40),
    ]
    private static let numbers = [
        0, -0.0, 1, -1, 0.1, 1e20, 1e16, 123_456_789.25, 1.5e300, -2.5e-7, .pi,
    ]

    private func shape(_ generator: inout SystemRandomNumberGenerator, _ depth: Int) -> Shape {
        func text() -> String { Self.texts.randomElement(using: &generator) ?? "" }
        func count() -> Range<Int> { 0..<Int.random(in: 0...4, using: &generator) }
        switch Int.random(in: 0...(depth > 0 ? 9 : 5), using: &generator) {
        case 0: return .nothing
        case 1: return .yes(Bool.random(using: &generator))
        case 2: return .text(text())
        case 3: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 4: return .number(Self.numbers.randomElement(using: &generator) ?? 0)
        case 5: return .float(Float.random(in: -1...1, using: &generator))
        case 6: return .list(count().map { _ in shape(&generator, depth - 1) })
        case 7:
            let fields = count().map { _ in (text(), shape(&generator, depth - 1)) }
            return .fields(Dictionary(fields) { $1 })
        case 8:
            let right = Bool.random(using: &generator) ? shape(&generator, depth - 1) : nil
            return .pair(left: shape(&generator, depth - 1), right: right)
        default:
            let isShort = Bool.random(using: &generator)
            return .record(
                Shape.Box(
                    zulu: isShort ? nil : text(), alpha: count().map { $0 - 1 },
                    mike: [text(): count().map { Self.numbers[$0] }], id: Name(text: text()),
                    at: 1_700_000_000_000,
                    words: count().map { $0 == 1 ? nil : text() }, small: count().map(UInt8.init),
                    inner: count().map { _ in shape(&generator, depth - 1) },
                    kind: .second))
        }
    }

    @Test("any shape is written as Foundation writes it")
    func agreesWithFoundation() throws {
        var generator = SystemRandomNumberGenerator()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for _ in 0..<2_000 {
            let shape = shape(&generator, 4)
            let expected = [UInt8](try encoder.encode(shape))
            let bytes = try JSONEncoding.bytes(of: shape)
            #expect(
                bytes == expected,
                "\(String(decoding: bytes, as: UTF8.self)) \(String(decoding: expected, as: UTF8.self))"
            )
            guard bytes == expected else { return }
            #expect(try JSONDecoding.value(Shape.self, from: bytes) == shape)
        }
    }

    /// Writes through containers of every kind, one after the other.
    private struct Nested: Encodable {
        enum Field: String, CodingKey { case second, first, list, parent, empty }

        func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: Field.self)
            var second = box.nestedContainer(keyedBy: Field.self, forKey: .second)
            try second.encode(1, forKey: .second)
            try second.encode(true, forKey: .first)
            var list = box.nestedUnkeyedContainer(forKey: .list)
            try list.encode("one")
            var inner = list.nestedContainer(keyedBy: Field.self)
            try inner.encodeNil(forKey: .first)
            var deeper = list.nestedUnkeyedContainer()
            try deeper.encode(3.5)
            try list.encode("four")
            try [5].encode(to: list.superEncoder())
            #expect(list.count == 5)
            try "up".encode(to: box.superEncoder(forKey: .parent))
            _ = box.nestedContainer(keyedBy: Field.self, forKey: .empty)
            try "super".encode(to: box.superEncoder())
            // The same object again, as a class and its subclass write one.
            var again = encoder.container(keyedBy: Field.self)
            try again.encode("last", forKey: .first)
        }
    }

    @Test("containers in containers are written as Foundation writes them")
    func nestsContainers() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try JSONEncoding.bytes(of: Nested()) == [UInt8](try encoder.encode(Nested())))
    }

    /// Writes to a container that was left for another.
    private struct Strayed: Encodable {
        enum Field: String, CodingKey { case first, second }
        var intoList: Bool

        func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: Field.self)
            var first = box.nestedContainer(keyedBy: Field.self, forKey: .first)
            var list = box.nestedUnkeyedContainer(forKey: .second)
            try list.encode(1)
            if intoList {
                try box.encode(2, forKey: .first)
                try list.encode(3)
            } else {
                try first.encode(2, forKey: .first)
            }
        }
    }

    @Test("a container that was left for another takes no more", arguments: [true, false])
    func refusesToGoBack(_ intoList: Bool) {
        #expect(throws: EncodingError.self) {
            try JSONEncoding.bytes(of: Strayed(intoList: intoList))
        }
    }

    @Test("a number that JSON has no word for is refused", arguments: [Double.nan, .infinity])
    func refusesInfinity(_ number: Double) {
        #expect(throws: EncodingError.self) { try JSONEncoding.bytes(of: [number]) }
    }

    @Test("every scalar below U+0100, and some above, in text and in names")
    func everyScalar() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let some: [UInt32] = [
            0x7ff, 0x800, 0x2028, 0x2029, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x1f6b2,
        ]
        for value in Array(0..<0x100) + some {
            let scalar = try #require(Unicode.Scalar(value))
            let one = "\(scalar)"
            for text in [one, "a\(one)b", "\(one)\u{301}\(one)", "1234567\(one)89"] {
                let fields = [text: text, "\(text)a": "", "zz": "12345678\(text)"]
                #expect(try JSONEncoding.bytes(of: fields) == [UInt8](try encoder.encode(fields)))
                let read = try JSONDecoding.value(
                    [String: String].self, from: try JSONEncoding.bytes(of: fields))
                #expect(read == fields)
            }
        }
    }

    /// One name twice, and names that begin with the same eight letters.
    private struct Names: Encodable {
        enum Field: String, CodingKey { case informationB, informationA, information, b }

        func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: Field.self)
            for (field, text) in [
                (Field.informationB, "1"), (.information, "2"), (.b, "3"), (.informationB, "4"),
                (.informationA, "5"), (.b, "6"),
            ] {
                try box.encode(text, forKey: field)
            }
        }
    }

    @Test("of fields with one name the later stays, and long names are in order")
    func ordersNames() throws {
        let json = #"{"b":"6","information":"2","informationA":"5","informationB":"4"}"#
        #expect(try JSONEncoding.bytes(of: Names()) == Array(json.utf8))
    }

    @Test("whole numbers to their limits")
    func wholeNumbers() throws {
        let numbers: [Int64] = [.min, -10, -1, 0, 9, 10, 99, 100, .max]
        let bytes = try JSONEncoding.bytes(of: numbers)
        #expect(bytes == "\(numbers)".utf8.filter { $0 != 0x20 })
        #expect(try JSONDecoding.value([Int64].self, from: bytes) == numbers)
        let largest = try JSONEncoding.bytes(of: UInt64.max)
        #expect(try JSONDecoding.value(UInt64.self, from: largest) == .max)
        #expect(throws: DecodingError.self) {
            try JSONDecoding.value(Int64.self, from: Array("9223372036854775808".utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoding.value(UInt8.self, from: Array("256".utf8))
        }
    }

    @Test("scalars stand alone") func scalars() throws {
        #expect(try JSONEncoding.bytes(of: "a/b") == Array(#""a/b""#.utf8))
        #expect(try JSONEncoding.bytes(of: Int?.none) == Array("null".utf8))
        #expect(try JSONEncoding.bytes(of: [Int]()) == Array("[]".utf8))
        #expect(try JSONEncoding.bytes(of: [String: Int]()) == Array("{}".utf8))
    }
}
