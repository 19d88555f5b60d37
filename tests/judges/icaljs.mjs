// Reads one JSON request a line, answers one JSON line: what ical.js (Thunderbird's parser) makes of a calendar.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]).href);
const seconds = (time) => time.toJSDate().getTime() / 1000;
const meeting = (start, end, event) => [seconds(start), seconds(end), event.location];

function meetings(root) {
  const events = root.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
  const masters = events.filter((event) => event.isRecurring());
  const others = events.filter((event) => !event.isRecurring());
  const recurring = new Set(masters.map((event) => event.uid));
  const alone = others.filter((event) => !recurring.has(event.uid));
  const found = alone.map((event) => meeting(event.startDate, event.endDate, event));
  for (const master of masters) {
    others.filter((event) => event.uid === master.uid).forEach((event) => master.relateException(event));
    const starts = master.iterator();
    for (let start = starts.next(); start; start = starts.next()) {
      const { startDate, endDate, item } = master.getOccurrenceDetails(start);
      found.push(meeting(startDate, endDate, item));
    }
  }
  return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

function properties(root) {
  return root.getAllSubcomponents("vevent").map((event) =>
    event.getAllProperties().map((property) => ({
      name: property.name.toUpperCase(),
      values: property.getValues().map(String),
      cn: property.getParameter("cn") ?? null,
      feature: property.getParameter("feature") ?? null,
    })),
  );
}

function instants(root, walls) {
  const zone = new ICAL.Timezone(root.getFirstSubcomponent("vtimezone"));
  return walls.map((wall) => {
    const time = ICAL.Time.fromString(wall);
    time.zone = zone;
    return seconds(time);
  });
}

const answers = {
  meetings: ({ calendar }) => meetings(ICAL.Component.fromString(calendar)),
  properties: ({ calendar }) => properties(ICAL.Component.fromString(calendar)),
  instants: ({ calendar, walls }) => instants(ICAL.Component.fromString(calendar), walls),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[request.ask](request))}\n`);
}
