// What needs Node.js: a memory that outlives the program.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A Storage of one file, for RecordMemory. A file that is not there is an empty one; what is written
 * replaces it as a whole, so that a crash leaves the old or the new. For its owner alone, as it
 * tells whom they talk to.
 */
export function fileStorage(path) {
  return {
    getItem(name) {
      try {
        return JSON.parse(readFileSync(path, 'utf8'))[name] ?? null
      } catch (error) {
        if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
        throw error
      }
    },
    setItem(name, value) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const draft = `${path}.${process.pid}`
      const file = openSync(draft, 'w', 0o600)
      try {
        writeSync(file, JSON.stringify({ [name]: value }))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(draft, path)
    },
  }
}
