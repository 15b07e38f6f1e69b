import Console
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Synchronization
import Testing

@Suite("Pages of capabilities", .timeLimit(.minutes(5)))
struct PageTests {
    private func write(_ text: String, _ path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: "/" + folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test("are served under their capability's name, inert, and known again by their tag")
    func served() async throws {
        let folder = try TemporaryFolder()
        try write("<p>audit</p>", folder.path + "/Audit/Pages/index.html")
        try write("let a", folder.path + "/Audit/Pages/audit.js")
        try write("let w", folder.path + "/Audit/Pages/words/en.js")
        try write("secret", folder.path + "/Audit/secret.txt")
        try write("no page", folder.path + "/Audit/View/index.html")
        var options = ConsoleOptions()
        options.pages = try PageFiles(folder: folder.path)
        try await Office.open(options) { office in
            func get(
                _ path: String, headers: [HTTPClientHeaders.Field] = []
            ) async throws -> HTTPClientResponse {
                try await office.http.send(
                    HTTPClientRequest(
                        .get, "http://127.0.0.1:\(office.port)\(path)",
                        headers: HTTPClientHeaders(headers)))
            }
            #expect(try await get("/pages/audit/").body == Array("<p>audit</p>".utf8))
            let page = try await get("/pages/audit/index.html")
            #expect(page.status == 200 && page.body == Array("<p>audit</p>".utf8))
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(page.headers["X-Content-Type-Options"] == "nosniff")
            #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            let script = try await get("/pages/audit/audit.js")
            #expect(script.headers["Content-Type"] == "text/javascript; charset=utf-8")
            #expect(try await get("/pages/audit/words/en.js").body == Array("let w".utf8))
            let tag = try #require(page.headers["ETag"])
            for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = try await get(
                    "/pages/audit/index.html", headers: [.init(name: "If-None-Match", value: known)]
                )
                #expect(again.status == 304 && again.body.isEmpty, "\(known)")
            }
            for path in [
                "/pages/audit/secret.txt", "/pages/audit/%2e%2e/secret.txt", "/pages/audit",
                "/pages/audit/../secret.txt", "/pages/audit/..%2Fsecret.txt", "/pages",
                "/pages/Audit/index.html", "/pages/audit/index.html/", "/pages//audit/index.html",
                "/pages/audit/words/", "/pages/audit/words", "/pages/audit/words/..%2Faudit.js",
            ] {
                #expect(try await get(path).status != 200, "\(path)")
            }
        }
    }

    @Test("lead to files that a browser may keep for good, under a name that follows from them")
    func kept() async throws {
        let folder = try TemporaryFolder()
        let page = #"<script src="/pages/look/all.js"></script><a href="/pages/audit/">"#
        let script = "import '/pages/audit/words/en.js'; fetch('/pages/none/x.js')"
        try write(page, folder.path + "/Audit/Pages/index.html")
        try write(script, folder.path + "/Look/Pages/all.js")
        let versions = Mutex<Set<String>>([])
        for words in ["let a", "let b"] {
            try write(words, folder.path + "/Audit/Pages/words/en.js")
            var options = ConsoleOptions()
            options.pages = try PageFiles(folder: folder.path)
            try await Office.open(options) { office in
                func get(_ path: String) async throws -> HTTPClientResponse {
                    try await office.http.send(
                        HTTPClientRequest(.get, "http://127.0.0.1:\(office.port)\(path)"))
                }
                let led = String(decoding: try await get("/pages/audit/").body, as: UTF8.self)
                let version = try #require(led.firstMatch(of: /static\/([0-9a-f]{16})\//)?.output.1)
                _ = versions.withLock { $0.insert(String(version)) }
                let base = "/static/\(version)/"
                #expect(led == page.replacing("/pages/look/", with: base + "look/"))
                let all = try await get(base + "look/all.js")
                #expect(
                    String(decoding: all.body, as: UTF8.self)
                        == script.replacing("/pages/audit/", with: base + "audit/"))
                #expect(all.headers["Cache-Control"]?.contains("immutable") == true)
                #expect(all.headers["Content-Security-Policy"]?.contains("'none'") == true)
                #expect(try await get(base + "audit/words/en.js").body == Array(words.utf8))
                #expect(try await get("/pages/look/all.js").body == Array(script.utf8))
                #expect(try await get(base + "audit/index.html").status == 404)
                #expect(try await get("/static/0000000000000000/look/all.js").status == 404)
            }
        }
        #expect(versions.withLock { $0.count } == 2)
    }

    @Test("of another kind, too large, or behind a link stop the start, with the file's name")
    func refused() throws {
        let folder = try TemporaryFolder()
        #expect(try PageFiles(folder: folder.path + "/none").paths.isEmpty)
        try write("x", folder.path + "/Audit/Pages/run.exe")
        let error = #expect(throws: PageFilesError.self) { try PageFiles(folder: folder.path) }
        #expect(error?.description.contains("run.exe") == true)
        try FileManager.default.removeItem(atPath: folder.path + "/Audit/Pages/run.exe")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/Audit/Pages/passwd.html", withDestinationPath: "/etc/passwd")
        #expect(throws: PageFilesError.self) { try PageFiles(folder: folder.path) }
        try FileManager.default.removeItem(atPath: folder.path + "/Audit/Pages/passwd.html")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/Audit/Pages/all", withDestinationPath: "/etc")
        #expect(throws: PageFilesError.self) { try PageFiles(folder: folder.path) }
        try FileManager.default.removeItem(atPath: folder.path + "/Audit/Pages/all")
        try write("x", folder.path + "/Audit/Pages/Words/en.js")
        #expect(throws: PageFilesError.self) { try PageFiles(folder: folder.path) }
    }
}
