import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Paced } from "../../../vclass/web/client/src/classroom/paced.ts";

function paced(): { readonly value: Paced<number>; readonly drawn: number[] } {
  const value = new Paced(0);
  const drawn: number[] = [];
  value.drawn.subscribe((one) => drawn.push(one));
  return { value, drawn };
}

test("a change alone is drawn at once", () => {
  const { value, drawn } = paced();
  value.value = 1;
  assert.deepEqual(drawn, [0, 1]);
});

test("of a burst the first is drawn at once and the last a moment later, and all are known at once", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { value, drawn } = paced();
  for (const one of [1, 2, 3, 4]) {
    value.value = one;
    assert.equal(value.value, one);
  }
  assert.deepEqual(drawn, [0, 1]);
  mock.timers.tick(30);
  assert.deepEqual(drawn, [0, 1, 4]);
  mock.timers.reset();
});
