import Testing

@testable import LanguageModel

/// A text of a small model, the calls in it, and what is left of it.
struct ToolCallCase: Sendable, CustomTestStringConvertible {
    var text: String
    var calls: [String]
    var rest: String
    var testDescription: String { text }
}

@Suite("Tool calls written as text")
struct ToolCallTextTests {
    static let tools: Set<String> = ["search", "hand_off"]

    @Test(
        "are recognised in the shapes that models write",
        arguments: [
            ToolCallCase(
                text: #"<tool_call>{"name":"search","arguments":{"q":"a"}}</tool_call>"#,
                calls: [#"search {"q":"a"}"#], rest: ""),
            ToolCallCase(
                text: "I look.\n<tool_call>\n{\"name\": \"search\", \"arguments\": {\"q\": 1}}\n",
                calls: [#"search {"q":1}"#], rest: "I look."),
            ToolCallCase(
                text: #"<tool_call>{"name":"search","arguments":{}}</tool_call>"#
                    + #"<tool_call>{"name":"hand_off","arguments":"{\"reason\":\"x\"}"}</tool_call>"#,
                calls: ["search {}", #"hand_off {"reason":"x"}"#], rest: ""),
            ToolCallCase(
                text: "```json\n{\"name\": \"search\", \"arguments\": {\"q\": [1, 2.5]}}\n```",
                calls: [#"search {"q":[1,2.5]}"#], rest: ""),
            ToolCallCase(
                text: "Sure:\n```\n{\"name\":\"search\",\"parameters\":{}}\n```\nThanks",
                calls: ["search {}"], rest: "Sure:\n\nThanks"),
            ToolCallCase(
                text: #" {"name":"hand_off","arguments":{"reason":"a } b"}} "#,
                calls: [#"hand_off {"reason":"a } b"}"#], rest: ""),
            ToolCallCase(
                text: #"[{"name":"search","arguments":{}},{"name":"search","arguments":null}]"#,
                calls: ["search {}", "search {}"], rest: ""),
            ToolCallCase(
                text:
                    "{\"name\":\"search\",\"arguments\":{}}\n{\"name\":\"hand_off\",\"arguments\":{}}",
                calls: ["search {}", "hand_off {}"], rest: ""),
            ToolCallCase(
                text: #"{"type":"function","function":{"name":"search","arguments":{}}}"#,
                calls: ["search {}"], rest: ""),
            ToolCallCase(
                text: #"{"function":"search","arguments":{"q":"x"}}"#,
                calls: [#"search {"q":"x"}"#], rest: ""),
        ])
    func recognised(_ item: ToolCallCase) {
        let found = ToolCallText(item.text, tools: Self.tools)
        #expect(found.calls.map { "\($0.name) \($0.arguments)" } == item.calls)
        #expect(found.rest == item.rest)
        #expect(Set(found.calls.map(\.id)).count == found.calls.count)
    }

    @Test(
        "nothing else is taken for one",
        arguments: [
            "We open at nine.", "", #"{"name":"delete_all","arguments":{}}"#,
            #"{"name":"search"}"#, #"{"name":"search","arguments":"#,
            #"Our format is {"name":"search","arguments":{}} as you see."#,
            "```json\n{\"price\": 3}\n```", "<tool_call>search</tool_call>", "<tool_call>", "```",
            #"[{"name":"search","arguments":{}}, 3]"#, "[]",
        ])
    func ignored(_ text: String) {
        let found = ToolCallText(text, tools: Self.tools)
        #expect(found.calls.isEmpty)
        #expect(found.rest == text)
    }

    @Test("a model in circles is stopped after 16 calls")
    func bounded() {
        let call = #"<tool_call>{"name":"search","arguments":{}}</tool_call>"#
        let found = ToolCallText(String(repeating: call, count: 50), tools: Self.tools)
        #expect(found.calls.count == 16)
    }
}
