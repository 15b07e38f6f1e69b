import Foundation
import Lifecycle
import PipelineTesting
import Testing

@Suite("Evaluating retrieval with the program")
struct EvaluationCommandTests {
    private static let paragraphs = [
        ("Opening hours", "On Saturday we open at nine and close at two.", "When do you open?"),
        ("Rental", "A city bike is 15 euros for one day.", "What does a city bike cost a day?"),
        ("Repairs", "A puncture is repaired while you wait.", "Do you repair punctures?"),
        ("Helmets", "A helmet is included in the rental.", "Is a helmet included?"),
    ]

    private static func file(in folder: TemporaryFolder) throws -> String {
        let articles = paragraphs.map { title, context, question in
            [
                "title": title,
                "paragraphs": [
                    ["context": context, "qas": [["id": title, "question": question]]]
                ],
            ] as [String: Any]
        }
        let path = "\(folder.path)/questions.json"
        try JSONSerialization.data(withJSONObject: ["data": articles]).write(
            to: URL(filePath: path))
        return path
    }

    @Test("questions are asked of an installation of its own, and too few right ones fail it")
    func whole() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(in: folder)
        let done = try await ParleyProgram.run("eval", "retrieval", path, "--floor", "0.75")
        #expect(done.exit == .code(0), "\(done.output)")
        #expect(done.output.contains("4 questions, R@1"), "\(done.output)")
        let impossible = folder.path + "/impossible.json"
        try #"{"data": [{"paragraphs": [{"context": "Tubes.", "qas": [{"question": "¿Qué?"}]}]}]}"#
            .write(toFile: impossible, atomically: true, encoding: .utf8)
        let failed = try await ParleyProgram.run("eval", "retrieval", impossible, "--floor", "1")
        #expect(failed.exit == .code(1), "\(failed.output)")
        #expect(failed.output.contains("below 1.000"), "\(failed.output)")
    }

    @Test("a file of another form is named, with the form that is wanted")
    func refuses() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/odd.json"
        try "{}".write(toFile: path, atomically: true, encoding: .utf8)
        let done = try await ParleyProgram.run("eval", "retrieval", path)
        #expect(done.exit == .code(1))
        #expect(done.output.contains("odd.json") && done.output.contains("SQuAD"))
        #expect(try await ParleyProgram.run("eval", "retrieval").exit == .code(2))
    }
}
