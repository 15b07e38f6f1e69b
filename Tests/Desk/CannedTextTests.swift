import DeskRecords
import Testing

@Suite("Texts of canned replies") struct CannedTextTests {
    @Test(
        "variables are filled in, and a brace that begins none is a brace",
        arguments: [
            ("Hello {customer.name}!", "Hello Luz!", []),
            ("{agent.name} of {business.name}", "Ana of {business.name}", ["business.name"]),
            ("a { b } {c} {Customer.name} {x.y", "a { b } {c} {Customer.name} {x.y", []),
            ("{}{{customer.name}}", "{}{Luz}", []), ("", "", []),
            (
                "{customer.phone} {customer.phone}", "{customer.phone} {customer.phone}",
                ["customer.phone"]
            ),
        ] as [(String, String, [String])])
    func fill(text: String, filled: String, missing: [String]) {
        let values: [CannedText.Variable: String] = [
            .customerName: "Luz", .agentName: "Ana", .customerPhone: "",
        ]
        let result = CannedText(text).filled(values)
        #expect(result.text == filled)
        #expect(result.missing == missing)
    }

    @Test("what looks like a variable and is none is told")
    func unknown() {
        #expect(CannedText("{order.number} {customer.name}").unknown == ["order.number"])
        // What is filled in is words, whatever they look like.
        let odd = CannedText("{customer.name}").filled([.customerName: "{agent.name}"])
        #expect(odd.text == "{agent.name}" && odd.missing.isEmpty)
    }
}
