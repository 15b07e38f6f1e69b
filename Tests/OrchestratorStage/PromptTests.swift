import Conversation
import Testing

@testable import OrchestratorStage

@Suite("Prompts")
struct PromptTests {
    @Test("every prompt file reads, and its cases hold")
    func cases() throws {
        let texts = try PromptsFolder.texts()
        #expect(Set(texts.keys) == Set(PromptBook.names))
        let book = try PromptBook(texts)
        for (name, text) in texts {
            let file = try PromptFile(text, file: name)
            for item in file.cases {
                switch file.name {
                case "handoff-requests":
                    let asks = book.handoff.asksForPerson(item.input)
                    #expect(asks == (item.expect == "asked"), "\(item.input)")
                case "courtesies":
                    #expect(book.courtesy.kind(of: item.input) == item.expect, "\(item.input)")
                case "confirmations":
                    let answer = book.confirmations.answer(in: item.input).map { "\($0)" }
                    #expect(answer == item.expect, "\(item.input)")
                default: try check(item, of: file, book)
                }
            }
        }
    }

    private func check(_ item: PromptFile.Case, of file: PromptFile, _ book: PromptBook) throws {
        let rendered: String
        if file.name == "notices" {
            let kind = try #require(Notices.Kind(rawValue: item.input))
            rendered = book.notices.text(kind, in: item.expect)
        } else {
            rendered = try #require(file.render(item.input, item.variables ?? [:]))
        }
        for words in item.holds ?? [] { #expect(rendered.contains(words), "\(item.input)") }
        for words in item.lacks ?? [] { #expect(!rendered.contains(words), "\(item.input)") }
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
