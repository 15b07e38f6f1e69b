import Foundation
import Testing

@testable import LanguageModel

@Suite("Lists of numbers in JSON")
struct NumberListsTests {
    @Test("numbers of any size and form are read as Foundation reads them")
    func agreesWithFoundation() throws {
        var texts = ["0", "-0", "1", "-1.5", "1e3", "2.5E-7", "3.4028e38", "1e-45", "0.1", "12e+1"]
        for _ in 0..<3_000 {
            let float = Float(bitPattern: .random(in: 0...UInt32.max))
            if float.isFinite { texts.append("\(float)") }
            texts.append("\(Double.random(in: -1...1))")
        }
        let json = Array("{\"a\": [ \(texts.joined(separator: " , ")) ]}".utf8)
        let numbers = NumberLists(in: json)
        #expect(String(decoding: numbers.rest, as: UTF8.self) == ##"{"a": "#0"}"##)
        let expected = try JSONDecoder().decode([String: [Float]].self, from: Data(json))["a"]
        let list = try #require(numbers["#0"])
        #expect(list.count == texts.count)
        for (text, (number, wanted)) in zip(texts, zip(list, expected ?? [])) {
            #expect(abs(number - wanted) <= wanted.ulp, "\(text)")
        }
    }

    @Test(
        "what is no list of numbers is left as it is",
        arguments: [
            "[]", "[1,]", "[01]", "[1.]", "[.5]", "[1e]", "[+1]", "[1e99]", "[1", "[\"1\"]",
            "[1 2]",
            #"{"a":"[1]"}"#, #"{"a":"\"[1]"}"#, "[-]", "[NaN]", "[null]", #""\"#,
        ])
    func leavesTheRest(json: String) {
        let numbers = NumberLists(in: Array(json.utf8))
        #expect(String(decoding: numbers.rest, as: UTF8.self) == json)
        #expect(numbers.lists.isEmpty)
    }
}
