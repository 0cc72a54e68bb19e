/**
 * Does a step of a piece of work, or gives what it gave before: who is tried again does not decode, choose and look anew, and
 * does not take what the first try remembered for something that was handed on. A step that failed is done again.
 */
export type Once = <Value>(name: string, step: () => Promise<Value>) => Promise<Value>

export function createOnce(): Once {
  const steps = new Map<string, Promise<unknown>>()
  return <Value>(name: string, step: () => Promise<Value>): Promise<Value> => {
    const known = steps.get(name)
    if (known !== undefined) return known as Promise<Value>
    const begun = step()
    steps.set(name, begun)
    begun.catch(() => steps.delete(name))
    return begun
  }
}
