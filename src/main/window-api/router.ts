import { type Contract, contract, type Method, type Output, type ParsedInput } from '../../shared/contract';
import type { Envelope } from '../../shared/contract/method';
import { HoldfastError, toErrorJson } from '../../shared/errors';
import { said } from '../../shared/messages/said';

/** One handler for every method of the contract: a method without one does not compile. */
export type Handlers = { [M in Method]: (input: ParsedInput<M>) => Output<M> | Promise<Output<M>> };

const isMethod = (method: string): method is Method => Object.hasOwn(contract, method);

/**
 * Runs one method: checks its name, parses its input, calls its handler. Never rejects. A defect goes to `onDefect` in
 * full, while the answer leaves out its text.
 */
export async function invokeMethod(
  handlers: Handlers,
  method: string,
  input: unknown,
  onDefect: (error: unknown) => void,
): Promise<Envelope> {
  try {
    if (!isMethod(method))
      throw new HoldfastError('not_found', said('said.window.no_method', { method: method.slice(0, 60) }));
    return { ok: true, value: await run(handlers, method, input) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) onDefect(error);
    return { ok: false, error: toErrorJson(error) };
  }
}

function run<M extends Method>(handlers: Handlers, method: M, input: unknown): Output<M> | Promise<Output<M>> {
  const definition: Contract[M] = contract[method];
  const parsed = definition.input.safeParse(input ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.');
    throw new HoldfastError(
      'invalid_input',
      `${where ? `${where}: ` : ''}${issue?.message ?? said('said.input.invalid')}`,
    );
  }
  return handlers[method](parsed.data as ParsedInput<M>);
}
