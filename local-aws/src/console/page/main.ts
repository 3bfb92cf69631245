/** The console: a page of the local AWS that talks to the stack and shows what becomes of messages. */
import type { TracedMessage } from "../../trace/types.ts";
import { oncePerFrame } from "./dom.ts";
import { setFunctionNames } from "./function-names.ts";
import { createMessageList } from "./message-list.ts";
import { createOverview } from "./overview.ts";
import { loadSettings } from "./settings.ts";
import { followTrace } from "./stream.ts";
import { createTalk } from "./talk.ts";
import { createTimeline } from "./timeline.ts";

const timeline = createTimeline();
const overview = createOverview();
let selected: TracedMessage | undefined;
const showSelected = oncePerFrame(() => timeline.show(selected));
const list = createMessageList((message) => {
  selected = message;
  showSelected();
});

followTrace({
  onMessage: list.update,
  onOverview(now) {
    if (setFunctionNames(now.functions.map(({ functionName }) => functionName))) showSelected();
    overview.show(now);
  },
  onReachable: overview.setReachable,
});
createTalk(await loadSettings());
