import Testing

@Suite("Documents")
struct DocumentTests {
    @Test(
        "the README names every folder under Sources",
        .enabled(if: SourceTree.text(of: "README.md") != nil, "there is no README yet"))
    func readme() throws {
        let text = try #require(SourceTree.text(of: "README.md"))
        var findings = Findings()
        for module in SourceTree.shared.modules.sorted(by: { $0.name < $1.name }) {
            for name in [module.floor, module.name].compactMap({ $0 })
            where !Search.holds(name, in: text) {
                findings.add("README.md", "does not name \(name)")
            }
        }
        findings.report()
    }

    @Test("the README walks a message from socket to Graph call by functions that are there")
    func walk() throws {
        let text = try #require(SourceTree.text(of: "README.md"))
        var findings = Findings()
        var count = 0
        for match in text.matches(of: /\| `(Sources\/[^`]+\.swift)` \| `(\w+)` \|/) {
            count += 1
            let (path, function) = (String(match.output.1), String(match.output.2))
            let source = SourceTree.text(of: path)
            if source?.contains(try Regex("func \(function)\\b")) != true {
                findings.add("README.md", "there is no function \(function) in \(path)")
            }
        }
        #expect(count > 15, "the walk is no longer read rightly")
        findings.report()
    }

    @Test("each document has one title")
    func titles() throws {
        var findings = Findings()
        let documents =
            ["README.md"]
            + SourceTree.paths(under: "Prompts").filter {
                $0.hasSuffix(".md")
            }
        for path in documents {
            guard let text = SourceTree.text(of: path) else { continue }
            var isCode = false
            var titles = 0
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") { isCode.toggle() }
                if !isCode, line.hasPrefix("# ") { titles += 1 }
            }
            // A prompt's name in its front matter is its title.
            if titles != (text.hasPrefix("---\nname:") ? 0 : 1) {
                findings.add(path, "\(titles) titles")
            }
        }
        findings.report()
    }

    @Test("every prompt and every pipeline file is used by a test")
    func cases() {
        var findings = Findings()
        let prompts = SourceTree.paths(under: "Prompts")
        let pipelines = SourceTree.paths(under: "Pipelines").filter {
            $0.hasSuffix(".json5") && !$0.contains("/demo/")
        }
        for path in prompts.filter({ $0.hasSuffix(".md") }) + pipelines {
            guard let file = path.split(separator: "/").last,
                let name = file.split(separator: ".").first
            else { continue }
            let hasCaseFile = (prompts + pipelines).contains {
                $0 != path && $0.contains("/\(name).")
            }
            let isTested = SourceTree.shared.tests.contains {
                $0.text.contains("\"\(name)\"") || $0.text.contains("\(file)")
            }
            if !hasCaseFile, !isTested { findings.add(path, "no case") }
        }
        findings.report()
    }
}
