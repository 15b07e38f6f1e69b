import Foundation
import Testing

@testable import JSON

/// Holds the reading of JSON to Foundation's: values, and where it says they are wrong.
@Suite("Reading JSON")
struct JSONDecodingTests {
    private struct Box: Codable, Equatable {
        struct Inner: Codable, Equatable {
            var name: String
            var size: Int8?
        }
        enum Kind: String, Codable { case one, two }

        var flag: Bool?
        var whole: Int?
        var small: UInt8?
        var number: Double?
        var short: Float?
        var text: String?
        var kind: Kind?
        var inner: Inner?
        var list: [Inner]?
        var matrix: [[Int]]?
        var table: [String: Inner]?
        var gaps: [Int?]?
    }

    @Test(
        "what Foundation reads is read alike",
        arguments: [
            "{}", #"{"flag":true,"unknown":[{"deep":[null]}]}"#, #"{"flag":null,"whole":null}"#,
            #"{"whole":-9223372036854775808}"#, #"{"whole":9223372036854775807}"#,
            #"{"whole":1.0}"#, #"{"whole":1e3}"#, #"{"whole":-0}"#, #"{"small":255}"#,
            #"{"number":1}"#, #"{"number":-0.5e-3}"#, #"{"short":0.1}"#, #"{"number":1e308}"#,
            #"{"text":"\u00e9\ud83d\ude00\n\\"}"#, #"{"t\u0065xt":"escaped name"}"#,
            #"{"kind":"two"}"#, #"{"inner":{"size":-128,"name":""}}"#,
            #"{"list":[],"table":{}}"#, #"{"list":[{"name":"a"},{"name":"b","size":1}]}"#,
            #" { "matrix" : [ [ ] , [ 1 , 2 ] ] } "#, #"{"table":{"x y":{"name":"z"}}}"#,
            #"{"gaps":[1,null,3]}"#,
        ])
    func alike(json: String) throws {
        let bytes = Array(json.utf8)
        #expect(
            try JSONDecoding.value(Box.self, from: bytes)
                == JSONDecoder().decode(Box.self, from: Data(bytes)))
    }

    @Test(
        "what Foundation refuses is refused, naming the same place",
        arguments: [
            "[]", "1", "null", #""text""#, #"{"flag":1}"#, #"{"flag":"true"}"#, #"{"whole":"1"}"#,
            #"{"whole":true}"#,
            #"{"number":"1"}"#,
            #"{"text":1}"#, #"{"text":[]}"#, #"{"kind":"three"}"#, #"{"kind":1}"#,
            #"{"inner":{}}"#, #"{"inner":[]}"#, #"{"inner":{"name":null}}"#,
            #"{"list":{}}"#, #"{"list":[{"name":"a"},{}]}"#,
            #"{"list":[null]}"#, #"{"matrix":[[1],[2,"3"]]}"#, #"{"table":{"x y":{"name":1}}}"#,
            #"{"table":[]}"#, #"{"gaps":[1,"2"]}"#,
        ])
    func refusedAlike(json: String) throws {
        let bytes = Array(json.utf8)
        let own = try #require(throws: DecodingError.self) {
            try JSONDecoding.value(Box.self, from: bytes)
        }
        let expected = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode(Box.self, from: Data(bytes))
        }
        #expect(place(of: own) == place(of: expected))
    }

    @Test(
        "a number that does not fit is named, which Foundation does not",
        arguments: [
            (#"{"whole":1.5}"#, "whole"), (#"{"whole":9223372036854775808}"#, "whole"),
            (#"{"small":256}"#, "small"), (#"{"small":-1}"#, "small"),
            (#"{"number":1e400}"#, "number"),
            (#"{"list":[{"name":"","size":128}]}"#, "list.0.size"),
        ])
    func doesNotFit(json: String, field: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoding.value(Box.self, from: Array(json.utf8))
        }
        #expect(place(of: error) == "corrupted at \(field)")
    }

    /// The kind of an error and where it lies, which is what people are told.
    private func place(of error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(key.stringValue) missing at \(path(context))"
        case .typeMismatch(_, let context): "mismatch at \(path(context))"
        case .valueNotFound(_, let context): "null at \(path(context))"
        case .dataCorrupted(let context): "corrupted at \(path(context))"
        @unknown default: "unknown"
        }
    }

    @Test(
        "what is not JSON is refused without its words",
        arguments: ["", "{", #"{"text":"secret"#, #"{"text":"secret",}"#, "secret", "{} {}"])
    func notJSON(text: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDecoding.value(Box.self, from: Array(text.utf8))
        }
        #expect(!"\(error)".contains("secret"))
    }

    @Test("of two fields of one name the first counts, as of a webhook's")
    func repeatedName() throws {
        let bytes = Array(#"{"text":"first","text":"second"}"#.utf8)
        #expect(try JSONDecoding.value(Box.self, from: bytes).text == "first")
    }

    /// Reads through containers of every kind.
    private struct Walker: Decodable, Equatable {
        enum Field: String, CodingKey { case object, list, parent }
        var words: [String] = []

        init(from decoder: any Decoder) throws {
            let box = try decoder.container(keyedBy: Field.self)
            let object = try box.nestedContainer(keyedBy: Field.self, forKey: .object)
            words.append("\(object.allKeys.map(\.rawValue).sorted())")
            var list = try box.nestedUnkeyedContainer(forKey: .list)
            words.append("\(list.count ?? -1)")
            var inner = try list.nestedUnkeyedContainer()
            words.append(try inner.decode(String.self))
            // What does not fit is not passed over.
            words.append("\((try? list.decode(Int.self)) ?? -1) at \(list.currentIndex)")
            words.append(try list.decode(String.self))
            words.append("\(try list.decodeNil()) \(list.isAtEnd)")
            words.append("\((try? list.decode(String.self)) ?? "end")")
            words.append(try String(from: box.superDecoder(forKey: .parent)))
            words.append(try String(from: box.superDecoder()))
        }
    }

    @Test("containers of every kind are read alike")
    func containers() throws {
        let json = """
            {"object":{"list":1,"parent":2,"other":3},"list":[["in"],"word",null],\
            "parent":"up","super":"above"}
            """
        let bytes = Array(json.utf8)
        #expect(
            try JSONDecoding.value(Walker.self, from: bytes).words
                == JSONDecoder().decode(Walker.self, from: Data(bytes)).words)
    }
}
