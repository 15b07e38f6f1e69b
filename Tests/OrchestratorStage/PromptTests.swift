import Conversation
import Testing

@testable import OrchestratorStage

@Suite("Prompts")
struct PromptTests {
    @Test("every prompt file reads, and its cases hold")
    func cases() throws {
        let texts = try PromptsFolder.texts()
        #expect(Set(texts.keys) == Set(PromptBook.names))
        #expect(
            texts.keys.sorted() == [
                "answer.md", "confirmations.md", "courtesies.md", "handoff-requests.md",
                "media.md", "notices.md", "remarks.md", "tools.md",
            ])
        let book = try PromptBook(texts)
        for (name, text) in texts {
            let file = try PromptFile(text, file: name)
            for failure in PromptCases.failures(of: file, in: book) {
                Issue.record("\(name): \(failure.input): \(failure.problem)")
            }
            #expect(!file.cases.isEmpty)
        }
    }

    @Test("a case that does not hold is told, with what came out")
    func failure() throws {
        let book = try PromptsFolder.book()
        let text =
            "---\nname: courtesies\nvariables:\n---\n## a\n---\n"
            + "[{input: 'hello', expect: 'thanks'}, {input: 'hello', expect: 'greeting'}]"
        let failures = PromptCases.failures(
            of: try PromptFile(text, file: "courtesies.md"), in: book)
        #expect(failures.map(\.problem) == ["it is greeting, not thanks"])
    }

    @Test("a tenant's own prompt must have the sections that turns need")
    func own() throws {
        let text = "---\nname: answer\nvariables:\n---\n## system\nHi\n---\n[{input: 'system'}]"
        let error = #expect(throws: PromptError.self) {
            try PromptBook.ownAnswer(text, file: "sol/answer.md")
        }
        #expect(error?.description.contains("'## question' is missing") == true)
    }

    @Test(
        "a broken file says where and what",
        arguments: [
            ("name: x", "three parts", nil),
            ("---\nname: x\nvariables:\n---\n## a\n{{b}}\n---\n[]", "'b' is not declared", 6),
            ("---\nfoo: x\n---\n## a\n---\n[]", "'foo' is unknown", 2),
            ("---\nname: x\n---\nno section\n---\n[]", "no '## ' section", nil),
            ("---\nname: x\n---\n## a\nb\n---\n[]", "at least one case", 7),
            ("---\nname: x\n---\n## a\nb\n---\nnonsense", "JSON5", 7),
            ("---\nname: x\n---\n## a\nb\n---\n[{n: 0x0x1}]", "is no number", 7),
        ] as [(String, String, Int?)])
    func broken(text: String, problem: String, line: Int?) throws {
        let error = #expect(throws: PromptError.self) { try PromptFile(text, file: "x.md") }
        #expect(try #require(error).description.contains(problem), "\(text)")
        #expect(error?.line == line)
    }

    @Test("what a value holds is never read as a variable")
    func values() throws {
        let text =
            "---\nname: x\nvariables:\n  a: A\n  b: B\n---\n## s\n{{a}} {{b}}\n---\n[{input: 's'}]"
        let file = try PromptFile(text, file: "x.md")
        #expect(file.render("s", ["a": "{{b}}", "b": "2"]) == "{{b}} 2")
    }

    @Test("a missing file or notice is named")
    func missing() throws {
        var texts = try PromptsFolder.texts()
        texts["notices.md"] = nil
        let error = #expect(throws: PromptError.self) { try PromptBook(texts) }
        #expect(error?.file == "notices.md")
    }

    @Test(
        "the language is told",
        arguments: [
            ("What time do you open?", "en"), ("¿A qué hora abren?", "es"),
            ("Wann öffnen Sie am Samstag?", "de"), ("Livrez-vous le vélo à mon hôtel ?", "fr"),
            ("Vocês estão abertos no domingo?", "pt"), ("Quanto costa una bicicletta?", "it"),
            ("Hoe laat gaan jullie open?", "nl"), ("Czy macie otwarte w sobotę?", "pl"),
            ("Во сколько вы открываетесь?", "ru"), ("Коли ви відчиняєтесь?", "uk"),
            ("Cumartesi kaçta açılıyorsunuz?", "tr"), ("متى تفتحون يوم السبت؟", "ar"),
            ("शनिवार को दुकान कब खुलती है?", "hi"), ("你们几点开门？", "zh"),
            ("何時に開きますか？", "ja"), ("몇 시에 열어요?", "ko"), ("Jam berapa buka?", "id"),
            ("Mấy giờ cửa hàng mở cửa?", "vi"), ("När öppnar ni på lördag?", "sv"),
        ])
    func languages(text: String, code: String) {
        #expect(LanguageGuess.language(of: text) == code)
    }
}
