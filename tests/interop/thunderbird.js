// What Thunderbird is asked in its own chrome: a mail, the bar above an invitation, and what its calendar shows.

const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");

const PATIENCE = 30_000;
const SECOND = 1_000_000;

async function until(what, found) {
  const end = Date.now() + PATIENCE;
  for (let value; ; ) {
    if ((value = await found())) return value;
    if (Date.now() > end) throw new Error(`Thunderbird waited in vain for ${what}`);
    await new Promise(done => setTimeout(done, 20));
  }
}

function tabs() {
  return Services.wm.getMostRecentWindow("mail:3pane")?.document.getElementById("tabmail");
}

function message() {
  return tabs().currentAboutMessage;
}

function account() {
  return MailServices.accounts.defaultAccount.incomingServer;
}

function folder(flag) {
  return account().rootFolder.getFolderWithFlags(flag);
}

function visible(element) {
  return !element.hidden && element.getBoundingClientRect().width > 0;
}

function bar() {
  const { document } = message();
  const buttons = [...document.querySelectorAll("#imip-view-toolbar > toolbarbutton")].filter(visible);
  return {
    text: document.querySelector("#imip-bar > .msgNotificationBarText").textContent,
    buttons: Object.fromEntries(buttons.map(each => [each.label, each.id])),
  };
}

// Ask the server for new mail, and wait a second at most for what it says.
async function inboxWithNews() {
  const inbox = folder(Ci.nsMsgFolderFlags.Inbox);
  await new Promise(done => {
    inbox?.getNewMessages(null, { OnStartRunningUrl() {}, OnStopRunningUrl: done });
    setTimeout(done, 1000);
  });
  return inbox;
}

async function remember(origin, realm, name, password) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(origin, null, realm, name, password, "", "");
  await Services.logins.addLoginAsync(login);
}

// Give the password of the account, and wait until all its folders are known: the one for trash is made last.
async function begin(origin, name, password) {
  await remember(origin, origin, name, password);
  await until("its window", () => tabs()?.currentAbout3Pane);
  await until("its folders", async () => (await inboxWithNews()) && folder(Ci.nsMsgFolderFlags.Trash));
}

// Read a mail as a double click does, in a tab of its own, and look at the bar above it.
async function open(id) {
  const header = await until(`mail ${id}`, async () => (await inboxWithNews())?.msgDatabase.getMsgHdrForMessageID(id));
  tabs().closeOtherTabs(tabs().tabInfo[0]);
  tabs().openTab("mailMessageTab", { messageURI: header.folder.getUriForMsg(header), viewWrapper: null });
  await until("the mail on the screen", () => message()?.gMessage?.messageId === id);
  return until("the bar", () => (Object.keys(bar().buttons).length ? bar() : null));
}

function observing(happenings) {
  const all = ["StartBatch", "EndBatch", "Load", "AddItem", "ModifyItem", "DeleteItem", "Error"];
  const ignored = [...all, "PropertyChanged", "PropertyDeleting"].map(each => [`on${each}`, () => {}]);
  return { QueryInterface: ChromeUtils.generateQI(["calIObserver"]), ...Object.fromEntries(ignored), ...happenings };
}

// Press a button of the bar, and wait until a calendar has changed.
async function press(label) {
  let changed = false;
  const note = () => (changed = true);
  const observer = observing({ onAddItem: note, onModifyItem: note, onDeleteItem: note });
  cal.manager.addCalendarObserver(observer);
  message().document.getElementById(bar().buttons[label]).click();
  await until("its calendar to change", () => changed);
  cal.manager.removeCalendarObserver(observer);
}

// Find calendars from an address, as the dialog for new ones does, and keep them; gives their names.
async function subscribe(address, name, password) {
  if (password) await remember(new URL(address).origin, "vclass", name, password);
  const found = [...(await cal.provider.detection.detect(name, password, address, false, [], {})).values()].flat();
  for (const calendar of found) {
    await loaded(calendar, () => cal.manager.registerCalendar(calendar));
  }
  return found.map(each => each.name);
}

async function loaded(calendar, doing) {
  let done = false;
  const observer = observing({ onLoad: each => (done ||= each.id === calendar.id) });
  calendar.addObserver(observer);
  doing();
  await until(`the calendar ${calendar.name}`, () => done);
  calendar.removeObserver(observer);
}

function subscribed() {
  return cal.manager.getCalendars().filter(each => each.type !== "storage");
}

async function refresh() {
  for (const calendar of subscribed()) {
    await loaded(calendar, () => calendar.refresh());
  }
}

function unsubscribe() {
  subscribed().forEach(each => cal.manager.unregisterCalendar(each));
}

// What the calendars show of one UID between two moments.
async function shown(uid, from, to) {
  const [first, last] = [from, to].map(seconds => {
    const moment = cal.createDateTime();
    moment.timezone = cal.dtz.UTC;
    moment.nativeTime = seconds * SECOND;
    return moment;
  });
  const wanted = Ci.calICalendar.ITEM_FILTER_ALL_ITEMS | Ci.calICalendar.ITEM_FILTER_CLASS_OCCURRENCES;
  const found = [];
  for (const calendar of cal.manager.getCalendars()) {
    found.push(...(await calendar.getItemsAsArray(wanted, 0, first, last)));
  }
  return found.filter(each => each.id === uid).map(told);
}

function told(item) {
  return {
    starts: item.startDate.nativeTime / SECOND,
    ends: item.endDate.nativeTime / SECOND,
    zone: item.startDate.timezone.tzid,
  };
}
