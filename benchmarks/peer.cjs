// Times the JavaScript peer on request: one JSON object a line in, microseconds a roll out.
const { DiceRoll } = require("@dice-roller/rpg-dice-roller");
const readline = require("node:readline");

// It goes on from one request to the next: what was varied once must not come again.
let count = 0;

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { notation, varied, output, seconds, texts } = JSON.parse(line);
  if (texts) {
    const begun = process.hrtime.bigint();
    const length = texts.reduce((sum, text) => sum + new DiceRoll(text).output.length, 0);
    const microseconds = Number(process.hrtime.bigint() - begun) / 1e3 / texts.length;
    console.log(JSON.stringify({ microseconds, rolled: length }));
    return;
  }
  const before = count;
  let rolled = 0;
  const started = process.hrtime.bigint();
  const until = started + BigInt(Math.round(seconds * 1e9));
  while (process.hrtime.bigint() < until) {
    for (let i = 0; i < 5; i += 1) {
      count += 1;
      // A place for a number is filled; without one the number stands behind the notation.
      const number = varied ? count : 5;
      const text = notation.includes("{n}")
        ? notation.replaceAll("{n}", number).replace("{{", "{").replace("}}", "}")
        : varied ? `${notation}+${count}` : notation;
      const roll = new DiceRoll(text);
      rolled += output ? roll.output.length : roll.total;
    }
  }
  const spent = Number(process.hrtime.bigint() - started) / 1e3;
  console.log(JSON.stringify({ microseconds: spent / (count - before), rolled }));
});
