import Console
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

@Suite("Pages of capabilities", .timeLimit(.minutes(1)))
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
                "/pages/audit/words/", "/pages/audit/words", "/pages/audit/words/../audit.js",
            ] {
                #expect(try await get(path).status != 200, "\(path)")
            }
        }
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
