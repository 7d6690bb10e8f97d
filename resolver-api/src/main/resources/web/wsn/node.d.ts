/** A Storage of one file, for `new RecordMemory({ storage: fileStorage(path) })`. */
export function fileStorage(path: string): Pick<Storage, 'getItem' | 'setItem'>
