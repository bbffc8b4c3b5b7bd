import Foundation
import GRDB

/// The file as any program may write it that is not Tokenward.
struct RawDatabase {
    let path: String

    func execute(_ statements: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: statements) }
        try queue.close()
    }
}
